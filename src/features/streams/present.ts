/**
 * The chosen rows of a StreamSet as the body of a `/stream` answer, straight to bytes: strings go from
 * the set's UTF-8 heap into the body without becoming JavaScript strings. 25 of 200 rows: measured in
 * docs/decisions/0007-stream-set.md against objects and JSON.stringify.
 */
import type { Buffer } from 'node:buffer';
import { PieceGzip } from '../../lib/deflate/piece-gzip.ts';
import { ByteWriter, jsonBytes } from '../../lib/json/byte-writer.ts';
import { INFOHASH_BYTES } from '../../lib/stream-set/layout.ts';
import type { StreamSet } from '../../lib/stream-set/stream-set.ts';
import { StreamCursor } from '../../lib/stream-template/stream-variables.ts';
import { STREAM_KINDS, type StreamKind } from '../../lib/vocabulary.ts';
import type { ListSettings } from '../../lib/user-config/list-settings.ts';
import {
  LABELS,
  addonLabels,
  labelIndex,
  rawBytes,
  type AddonLabels,
  type LabelTable,
} from './labels.ts';
import { RowShelf } from './row-shelf.ts';
import type { WrittenRows } from './written-rows.ts';

const BODY_START = rawBytes('{"streams":[');
const BODY_END = rawBytes(']}');
const COMMA = rawBytes(',');
const SPACE = rawBytes(' ');
const BAR = rawBytes('|');
const BAR_SPACE = rawBytes('| ');
const SLASH = rawBytes('/ ');
const PLUS = rawBytes(' + ');
const NEWLINE = rawBytes('\\n');
const NAME = rawBytes('{"name":"');
const DESCRIPTION = rawBytes('","description":"');
const DESCRIPTION_END = rawBytes('",');
const EMPTY = rawBytes('');
const INFOHASH = rawBytes('"infoHash":"');
const FILE_INDEX = rawBytes('","fileIdx":');
const SOURCES = rawBytes(',"sources":[');
const SOURCES_AFTER_HASH = rawBytes('","sources":[');
const TRACKER = rawBytes('"tracker:');
const STRING_COMMA = rawBytes('",');
const DHT = rawBytes('"dht:');
const SOURCES_END = rawBytes('"],');
const VIDEO_SIZE = rawBytes(',"videoSize":');
const FILENAME = rawBytes(',"filename":"');
const QUOTE = rawBytes('"');
const NOT_WEB_READY = rawBytes(',"notWebReady":true');
const STREAM_END = rawBytes('}}');
const EMOJI = {
  hdr: rawBytes('🎨 '),
  quality: rawBytes('📺 '),
  codec: rawBytes('🎞️ '),
  audio: rawBytes('🎵 '),
  channels: rawBytes('🔊 '),
  size: rawBytes('📦 '),
  seeders: rawBytes('👤 '),
  languages: rawBytes('🌐 '),
  source: rawBytes('🔗 '),
  uploader: rawBytes('🧑‍💻 '),
  title: rawBytes('📄 '),
} as const;

/**
 * Which field a kind's locator goes to. Usenet needs the user's own news server and acestream a proxy:
 * Stremio plays neither without a configuration, so their rows are never ranked without one.
 */
const LOCATOR_FIELDS: Partial<Readonly<Record<StreamKind, Buffer>>> = {
  http: rawBytes('"url":"'),
  youtube: rawBytes('"ytId":"'),
  external: rawBytes('"externalUrl":"'),
};
const LOCATORS = STREAM_KINDS.map((kind) => LOCATOR_FIELDS[kind]);
const TORRENT = STREAM_KINDS.indexOf('torrent');
const HTTP = STREAM_KINDS.indexOf('http');

/** Whether a field exists that says what to play. */
function isShowable(kind: number): boolean {
  return kind === TORRENT || LOCATORS[kind] !== undefined;
}

/** Stremio's core keeps 16 bits, and refuses the whole stream for a larger one: it picks the file by its name then. */
const FILE_INDEX_MAX = 0xffff;

/** 25 streams take 10 to 25 KB. */
const BODY_BYTES = 64 * 1024;
const KEPT_BODY_BYTES_MAX = 1024 * 1024;

export interface PresenterOptions {
  /** On every stream, and the first part of every binge group. */
  readonly addonName: string;
  /** Of rows that are kept as they were written, over all sets and templates. */
  readonly rowBytesMax: number;
}

/** `{"streams":[…]}`. */
export interface StreamBody {
  readonly bytes: Buffer;
  /** Their gzip form, cheaper than by searching them, in memory that the next call overwrites; null: not to be had. */
  readonly gzip?: () => Buffer | null;
}

/** How rows are written beside what the set says. */
export type StreamStyle = Pick<ListSettings, 'template' | 'marksDirectTorrents'>;

/** `rowsKey`: equal for styles that write a row alike. */
export type RowStyle = StreamStyle & Pick<ListSettings, 'rowsKey'>;

const PLAIN: StreamStyle = { template: null, marksDirectTorrents: false };

export class StreamPresenter {
  readonly #labels: AddonLabels;
  readonly #markedLabels: AddonLabels;
  readonly #addonName: string;
  readonly #markedName: string;
  readonly #writer = new ByteWriter(BODY_BYTES, KEPT_BODY_BYTES_MAX);
  /** Where this body holds the tracker list of an id already: identical lists are written once, then copied. */
  #trackersAt = new Map<number, readonly [start: number, end: number]>();
  readonly #shelf: RowShelf;
  readonly #pieceGzip = new PieceGzip({
    before: BODY_START,
    between: COMMA[0] ?? 0,
    after: BODY_END,
  });

  constructor(options: PresenterOptions) {
    const { addonName } = options;
    this.#addonName = addonName;
    this.#markedName = `${addonName} P2P`;
    this.#labels = addonLabels(addonName, addonName);
    this.#markedLabels = addonLabels(addonName, this.#markedName);
    this.#shelf = new RowShelf(options.rowBytesMax);
  }

  /**
   * `{"streams":[…]}` of the first `count` row numbers in `rows`. Kinds that have no field are left out.
   * Links that are a user's own are to be spliced into the finished body: what is shared has none.
   */
  present(set: StreamSet, rows: Uint32Array, count: number, style: StreamStyle = PLAIN): Buffer {
    this.#write(set, rows, count, style);
    return this.#writer.finish();
  }

  /**
   * As `present`, in bytes that are lent (`lib/json/lent-bytes.ts`). Rows of a set that is asked for again are written once.
   * @param shown not changed any more: read again when the gzip form is asked for
   */
  presentOnce(set: StreamSet, shown: Uint32Array, style: RowStyle): StreamBody {
    const written = this.#shelf.take(set, style.rowsKey);
    if (written === null) {
      this.#write(set, shown, shown.length, style);
      return { bytes: this.#writer.lend() };
    }
    this.#writeMissing(written, set, shown, style);
    this.#join(written, shown);
    const bytes = this.#writer.lend();
    return { bytes, gzip: () => this.#compress(written, shown, bytes) };
  }

  /** Rows of kinds that have no field stay unwritten. */
  #writeMissing(
    written: WrittenRows,
    set: StreamSet,
    shown: Uint32Array,
    style: StreamStyle,
  ): void {
    const writer = this.#writer;
    let cursor: StreamCursor | null = null;
    let isMore = false;
    for (let at = 0; at < shown.length; at++) {
      const row = shown[at] ?? 0;
      const kind = set.columns.kind[row] ?? 0;
      if (written.has(row) || !isShowable(kind)) continue;
      if (style.template !== null) cursor ??= new StreamCursor(set, this.#addonName);
      if (this.#trackersAt.size > 0) this.#trackersAt = new Map();
      writer.at = 0;
      this.#stream(set, row, kind, style, cursor);
      written.add(row, writer.peek());
      isMore = true;
    }
    if (isMore) this.#shelf.grew(written);
  }

  #join(written: WrittenRows, shown: Uint32Array): void {
    const writer = this.#writer;
    writer.at = 0;
    writer.raw(BODY_START);
    for (let at = 0; at < shown.length; at++) {
      const row = shown[at] ?? 0;
      if (!written.has(row)) continue;
      if (writer.at !== BODY_START.length) writer.raw(COMMA);
      writer.copy(written.text, written.startOf(row), written.endOf(row));
    }
    writer.raw(BODY_END);
  }

  #compress(written: WrittenRows, shown: Uint32Array, bytes: Buffer): Buffer | null {
    const parts: Uint16Array[] = [];
    for (let at = 0; at < shown.length; at++) {
      const row = shown[at] ?? 0;
      if (!written.has(row)) continue;
      const pieces = written.piecesOf(row);
      if (pieces === null) return null;
      parts.push(pieces);
    }
    this.#shelf.grew(written);
    return this.#pieceGzip.compress({ bytes, table: written.table, parts });
  }

  #write(set: StreamSet, rows: Uint32Array, count: number, style: StreamStyle): void {
    const writer = this.#writer;
    // Not `clear()`, which links the table of every body to that of the next (lib/high-churn-map.ts).
    if (this.#trackersAt.size > 0) this.#trackersAt = new Map();
    writer.at = 0;
    writer.raw(BODY_START);
    const cursor = style.template === null ? null : new StreamCursor(set, this.#addonName);
    const first = writer.at;
    for (let at = 0; at < count; at++) {
      const row = rows[at] ?? 0;
      const kind = set.columns.kind[row] ?? 0;
      if (!isShowable(kind)) continue;
      if (writer.at !== first) writer.raw(COMMA);
      this.#stream(set, row, kind, style, cursor);
    }
    writer.raw(BODY_END);
  }

  #stream(
    set: StreamSet,
    row: number,
    kind: number,
    style: StreamStyle,
    cursor: StreamCursor | null,
  ): void {
    const writer = this.#writer;
    const { template } = style;
    const label = labelIndex(kind, set.columns.resolution[row] ?? 0);
    const { names } = style.marksDirectTorrents ? this.#markedLabels : this.#labels;
    if (cursor !== null) {
      cursor.row = row;
      cursor.addonName =
        kind === TORRENT && style.marksDirectTorrents ? this.#markedName : this.#addonName;
    }
    writer.raw(NAME);
    if (cursor === null || template === null || template.title === null)
      writer.raw(names[label] ?? EMPTY);
    else writer.raw(jsonBytes(template.title(cursor)));
    writer.raw(DESCRIPTION);
    if (cursor === null || template === null || template.description === null)
      writeDescription(writer, set, row);
    else writer.raw(jsonBytes(template.description(cursor)));
    writer.raw(DESCRIPTION_END);
    if (kind === TORRENT) this.#torrent(set, row);
    else writeLocator(writer, set, row, LOCATORS[kind] ?? QUOTE);
    this.#behaviorHints(set, row, kind, label);
  }

  #torrent(set: StreamSet, row: number): void {
    const writer = this.#writer;
    const { columns } = set;
    const fileIndex = columns.fileIndex[row] ?? -1;
    writer.raw(INFOHASH);
    writer.hex(columns.infohash, row * INFOHASH_BYTES, INFOHASH_BYTES);
    if (fileIndex >= 0 && fileIndex <= FILE_INDEX_MAX) {
      writer.raw(FILE_INDEX);
      writer.integer(fileIndex);
      writer.raw(SOURCES);
    } else {
      writer.raw(SOURCES_AFTER_HASH);
    }
    this.#trackers(set, columns.trackersId[row] ?? 0);
    writer.raw(DHT);
    writer.hex(columns.infohash, row * INFOHASH_BYTES, INFOHASH_BYTES);
    writer.raw(SOURCES_END);
  }

  #trackers(set: StreamSet, id: number): void {
    if (id === 0) return;
    const writer = this.#writer;
    const written = this.#trackersAt.get(id);
    if (written !== undefined) {
      writer.repeat(written[0], written[1]);
      return;
    }
    const start = writer.at;
    const end = set.columns.stringOffsets[id + 1] ?? 0;
    for (let from = set.columns.stringOffsets[id] ?? 0; from < end;) {
      const newline = set.heap.indexOf(0x0a, from);
      const to = newline === -1 || newline > end ? end : newline;
      if (to > from) {
        writer.raw(TRACKER);
        writer.escaped(set.heap, from, to);
        writer.raw(STRING_COMMA);
      }
      from = to + 1;
    }
    this.#trackersAt.set(id, [start, writer.at]);
  }

  /**
   * The binge group names what stays the same over the episodes of one release: all but title and
   * episode. Stremio plays the next episode from the stream with an equal group.
   */
  #behaviorHints(set: StreamSet, row: number, kind: number, label: number): void {
    const writer = this.#writer;
    const { columns } = set;
    writer.raw(this.#labels.bingeGroups[label] ?? QUOTE);
    writePart(writer, BAR, LABELS.qualities[columns.quality[row] ?? 0]);
    writePart(writer, BAR, LABELS.codecs[columns.codec[row] ?? 0]);
    const hdrMask = named(columns.hdrMask[row] ?? 0, LABELS.hdrFormats);
    if (hdrMask !== 0) {
      writer.raw(BAR);
      writeNames(writer, hdrMask, LABELS.hdrFormats, 0, BAR);
    }
    if (columns.releaseGroupId[row] !== 0) {
      writer.raw(BAR);
      writeString(writer, set, columns.releaseGroupId[row] ?? 0);
    }
    const filenameId = columns.filenameId[row] || (columns.nameId[row] ?? 0);
    const sizeBytes = columns.fileSizeBytes[row] ?? 0;
    writer.raw(QUOTE);
    if (sizeBytes > 0) {
      writer.raw(VIDEO_SIZE);
      writer.integer(sizeBytes);
    }
    if (filenameId !== 0) {
      writer.raw(FILENAME);
      writeString(writer, set, filenameId);
      writer.raw(QUOTE);
    }
    if (kind === HTTP && !isWebReady(set, columns.locatorId[row] ?? 0)) writer.raw(NOT_WEB_READY);
    writer.raw(STREAM_END);
  }
}

/** Four lines; empty ones are left out, and a title stands in for the first when nothing is known. */
function writeDescription(writer: ByteWriter, set: StreamSet, row: number): void {
  const start = writer.at;
  writeReleaseLine(writer, set, row);
  if (writer.at === start && set.columns.nameId[row] !== 0) {
    writer.raw(EMOJI.title);
    writeString(writer, set, set.columns.nameId[row] ?? 0);
    writer.raw(SPACE);
  }
  endLine(writer, start);
  writeSizeLine(writer, set, row);
  writeLanguageLine(writer, set, row);
  writeSourceLine(writer, set, row);
  if (writer.at !== start) writer.at -= NEWLINE.length;
}

/** Every part ends in a space; the last one's is replaced by the line's end. */
function endLine(writer: ByteWriter, start: number): void {
  if (writer.at === start) return;
  writer.at -= SPACE.length;
  writer.raw(NEWLINE);
}

function writeReleaseLine(writer: ByteWriter, { columns }: StreamSet, row: number): void {
  writeNamed(writer, EMOJI.hdr, columns.hdrMask[row] ?? 0, LABELS.hdrFormats, BAR);
  const quality = LABELS.qualities[columns.quality[row] ?? 0];
  if (writePart(writer, EMOJI.quality, quality)) writer.raw(SPACE);
  const codec = LABELS.codecs[columns.codec[row] ?? 0];
  if (writePart(writer, EMOJI.codec, codec)) writer.raw(SPACE);
  writeNamed(writer, EMOJI.audio, columns.audioMask[row] ?? 0, LABELS.audioFormats, BAR);
  writeNamed(writer, EMOJI.channels, columns.channelsMask[row] ?? 0, LABELS.channels, SPACE);
}

function writeSizeLine(writer: ByteWriter, { columns }: StreamSet, row: number): void {
  const start = writer.at;
  const fileBytes = columns.fileSizeBytes[row] ?? 0;
  const totalBytes = columns.totalSizeBytes[row] ?? 0;
  const seeders = columns.seeders[row] ?? -1;
  if (fileBytes > 0 || totalBytes > 0) {
    writer.raw(EMOJI.size);
    writeSize(writer, fileBytes > 0 ? fileBytes : totalBytes);
    if (fileBytes > 0 && totalBytes > fileBytes) {
      writer.raw(SLASH);
      writeSize(writer, totalBytes);
    }
  }
  if (seeders > 0) {
    writer.raw(EMOJI.seeders);
    writer.integer(seeders);
    writer.raw(SPACE);
  }
  endLine(writer, start);
}

function writeLanguageLine(writer: ByteWriter, { columns }: StreamSet, row: number): void {
  const low = columns.languagesLow[row] ?? 0;
  // "Unknown" is bit 48, past the names: it is not shown.
  const high = (columns.languagesHigh[row] ?? 0) & 0xffff;
  if (low === 0 && high === 0) return;
  const start = writer.at;
  writer.raw(EMOJI.languages);
  writeNames(writer, low, LABELS.languages, 0, PLUS);
  if (low !== 0 && high !== 0) writer.raw(PLUS);
  writeNames(writer, high, LABELS.languages, 32, PLUS);
  writer.raw(SPACE);
  endLine(writer, start);
}

function writeSourceLine(writer: ByteWriter, set: StreamSet, row: number): void {
  const start = writer.at;
  const sourceId = set.columns.sourceId[row] ?? 0;
  const uploaderId = set.columns.uploaderId[row] ?? 0;
  if (sourceId !== 0) {
    writer.raw(EMOJI.source);
    writeString(writer, set, sourceId);
    writer.raw(SPACE);
  }
  if (uploaderId !== 0) {
    if (sourceId !== 0) writer.raw(BAR_SPACE);
    writer.raw(EMOJI.uploader);
    writeString(writer, set, uploaderId);
    writer.raw(SPACE);
  }
  endLine(writer, start);
}

/** `4.19 GB `: 1024-based with two decimals, as the `bytes` modifier of stream templates writes it. */
function writeSize(writer: ByteWriter, sizeBytes: number): void {
  let amount = sizeBytes;
  let unit = 0;
  // 1023.995 would be written 1024.00.
  for (; amount >= 1023.995 && unit < LABELS.sizeUnits.length - 1; unit++) amount /= 1024;
  if (unit === 0) writer.integer(sizeBytes);
  else writer.hundredths(Math.round(amount * 100));
  writer.raw(LABELS.sizeUnits[unit] ?? SPACE);
  writer.raw(SPACE);
}

/** Prefix and label, or nothing when the label is empty. */
function writePart(writer: ByteWriter, prefix: Buffer, label: Buffer | undefined): boolean {
  if (label === undefined || label.length === 0) return false;
  writer.raw(prefix);
  writer.raw(label);
  return true;
}

/** The bits that have a name here; a newer process may have written more. */
function named(mask: number, labels: LabelTable): number {
  return mask & ((1 << labels.length) - 1);
}

function writeNamed(
  writer: ByteWriter,
  prefix: Buffer,
  allBits: number,
  labels: LabelTable,
  separator: Buffer,
): void {
  const mask = named(allBits, labels);
  if (mask === 0) return;
  writer.raw(prefix);
  writeNames(writer, mask, labels, 0, separator);
  writer.raw(SPACE);
}

/** The labels of a mask's bits, the lowest first; bit 0 is label `from`. */
function writeNames(
  writer: ByteWriter,
  mask: number,
  labels: LabelTable,
  from: number,
  separator: Buffer,
): void {
  for (let rest = mask; rest !== 0; rest &= rest - 1) {
    if (rest !== mask) writer.raw(separator);
    const label = labels[from + 31 - Math.clz32(rest & -rest)];
    if (label !== undefined) writer.raw(label);
  }
}

function writeString(writer: ByteWriter, { columns, heap }: StreamSet, id: number): void {
  writer.escaped(heap, columns.stringOffsets[id] ?? 0, columns.stringOffsets[id + 1] ?? 0);
}

function writeLocator(writer: ByteWriter, set: StreamSet, row: number, field: Buffer): void {
  writer.raw(field);
  writeString(writer, set, set.columns.locatorId[row] ?? 0);
  writer.raw(STRING_COMMA);
}

/** Browsers play MP4 over HTTPS; Stremio is told to play anything else by itself (SDK, stream responses). */
const WEB_READY = /^https:\/\/[^?#]+\.mp4(?:[?#]|$)/i;

function isWebReady(set: StreamSet, locatorId: number): boolean {
  const { stringOffsets } = set.columns;
  return WEB_READY.test(
    set.heap.toString('latin1', stringOffsets[locatorId], stringOffsets[locatorId + 1]),
  );
}
