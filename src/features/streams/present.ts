/**
 * The chosen rows of a StreamSet as the body of a `/stream` answer, straight to bytes: strings go from
 * the set's UTF-8 heap into the body without becoming JavaScript strings. 25 of 200 rows: measured in
 * docs/decisions/0007-stream-set.md against objects and JSON.stringify.
 */
import { Buffer } from 'node:buffer';
import { GappedText, fillGaps, gapBytes, type Gap } from '../../lib/deflate/gapped-text.ts';
import type { NzbLink } from '../../lib/install-token/nzb-link.ts';
import { PieceGzip } from '../../lib/deflate/piece-gzip.ts';
import { PLAYBACK_TOKEN_CHARS } from '../../lib/install-token/playback-token.ts';
import { ByteWriter, jsonBytes } from '../../lib/json/byte-writer.ts';
import {
  markOf,
  rowOfShown,
  serviceOfShown,
  type MarkName,
  type ServiceMarks,
} from '../../lib/ranking/service-marks.ts';
import { INFOHASH_BYTES } from '../../lib/stream-set/layout.ts';
import type { StreamSet } from '../../lib/stream-set/stream-set.ts';
import { StreamCursor } from '../../lib/stream-template/stream-variables.ts';
import type { ListSettings, ListedService } from '../../lib/user-config/list-settings.ts';
import {
  LABELS,
  addonLabels,
  labelIndex,
  rawBytes,
  serviceLabels,
  type AddonLabels,
  type ServedKind,
  type ServiceLabels,
} from './labels.ts';
import { HTTP, isWebReady, isWritable, LOCATORS, TORRENT, USENET } from './playable-rows.ts';
import { named, writeDescription, writeNames, writePart, writeString } from './row-text.ts';
import { RowShelf } from './row-shelf.ts';
import { SharedList } from './shared-list.ts';
import type { WrittenRows } from './written-rows.ts';

const BODY_START = rawBytes('{"streams":[');
const BODY_END = rawBytes(']}');
const COMMA = rawBytes(',');
const BAR = rawBytes('|');
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
const URL_FIELD = rawBytes('"url":"');
const NZB_FIELD = rawBytes('"nzbUrl":"');
const SERVERS = rawBytes('"servers":["');
const SERVERS_END = rawBytes('"],');
const PATH_SLASH = rawBytes('/');
const NOT_WEB_READY = rawBytes(',"notWebReady":true');
const STREAM_END = rawBytes('}}');

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
  /** That costs next to nothing. */
  readonly isGzipAtHand?: boolean;
}

/** How rows are written beside what the set says. */
export type StreamStyle = Pick<ListSettings, 'template' | 'marksDirectTorrents' | 'services'>;

/** Where streams lead that services play, and what these have of them. */
export interface ServiceLinks {
  readonly baseUrl: string;
  readonly marks: ServiceMarks | null;
  /** What links to Usenet posts hold of them. */
  readonly nzbRef: (nzb: NzbLink) => string;
}

/** By service: what the user's links have of their own. */
export type LinkTokens = readonly string[];

/** `rowsKey`: equal for styles that write a row alike. */
export type RowStyle = StreamStyle & Pick<ListSettings, 'rowsKey'>;

const PLAIN: StreamStyle = { template: null, marksDirectTorrents: false, services: [] };
const NO_LINKS: ServiceLinks = { baseUrl: '', marks: null, nzbRef: () => '' };
/** What stands where a token goes until it is known whose: by service. */
const TOKEN_GAPS = [0, 1, 2, 3, 4].map((service) => gapBytes(service, PLAYBACK_TOKEN_CHARS));
const NO_FILLINGS: readonly Uint8Array[] = [];
/** Of nobody: such links lead nowhere. */
const NO_TOKENS: LinkTokens = TOKEN_GAPS.map(({ length }) => '-'.repeat(length));
const MARK_NAMES: readonly MarkName[] = ['cached', 'unknown', 'notCached'];

export class StreamPresenter {
  readonly #labels: AddonLabels;
  readonly #markedLabels: AddonLabels;
  readonly #addonName: string;
  readonly #markedName: string;
  readonly #writer = new ByteWriter(BODY_BYTES, KEPT_BODY_BYTES_MAX);
  /** Where this body holds the tracker list of an id already: identical lists are written once, then copied. */
  #trackersAt = new Map<number, readonly [start: number, end: number]>();
  readonly #shelf: RowShelf;
  /** By kind and short name: twice as many as there are services. */
  readonly #serviceLabels = new Map<string, ServiceLabels>();
  /** Of the body that is being written: where its links lead, and the gaps in which their tokens go. */
  #links = NO_LINKS;
  #linkStart = EMPTY;
  #gaps: Gap[] = [];
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
   * @param links of torrents that services play
   */
  present(
    set: StreamSet,
    rows: Uint32Array,
    count: number,
    style: StreamStyle = PLAIN,
    links: ServiceLinks = NO_LINKS,
    tokens: LinkTokens = NO_TOKENS,
  ): Buffer {
    this.#writeLinked(set, rows, count, style, links);
    fillGaps(this.#writer.peek(), this.#gaps, tokenBytes(tokens));
    return this.#writer.finish();
  }

  /**
   * As `present`, in bytes that are lent (`lib/json/lent-bytes.ts`): a list with one user's links. As with `presentOnce`, rows
   * are written once.
   */
  presentLinked(
    set: StreamSet,
    shown: Uint32Array,
    style: RowStyle,
    links: ServiceLinks,
    tokens: LinkTokens,
  ): StreamBody {
    const fillings = tokenBytes(tokens);
    const ways = 1 + MARK_NAMES.length * style.services.length;
    const rowsKey = `${style.rowsKey} ${links.baseUrl}`;
    const written = this.#shelf.take(set, rowsKey, ways * set.rowCount);
    if (written === null) {
      this.#writeLinked(set, shown, shown.length, style, links);
      fillGaps(this.#writer.peek(), this.#gaps, fillings);
      return { bytes: this.#writer.lend() };
    }
    this.#begin(links);
    const places = shown.map((entry) => placeOf(entry, set.rowCount, links.marks));
    this.#writeMissing(written, set, shown, places, style);
    this.#join(written, places);
    fillGaps(this.#writer.peek(), this.#gaps, fillings);
    const bytes = this.#writer.lend();
    return { bytes, gzip: () => this.#compress(written, places, bytes, fillings) };
  }

  /** As `presentLinked`, for all users whose tokens alone are others. */
  presentShared(
    set: StreamSet,
    shown: Uint32Array,
    style: StreamStyle,
    links: ServiceLinks,
  ): SharedList {
    this.#writeLinked(set, shown, shown.length, style, links);
    return new SharedList(new GappedText(this.#writer.finish(), this.#gaps, PLAYBACK_TOKEN_CHARS));
  }

  /** The list of one user. @param isKept the bytes are their own, else they are lent */
  fillShared(list: SharedList, tokens: LinkTokens, isKept: boolean): StreamBody {
    const writer = this.#writer;
    const { text } = list;
    const fillings = tokenBytes(tokens);
    writer.at = 0;
    writer.copy(text.bytes, 0, text.bytes.byteLength);
    text.fill(writer.peek(), fillings);
    const bytes = isKept ? writer.finish() : writer.lend();
    return { bytes, gzip: () => list.gzipOf(bytes, fillings), isGzipAtHand: true };
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
    this.#writeMissing(written, set, shown, shown, style);
    this.#join(written, shown);
    const bytes = this.#writer.lend();
    return { bytes, gzip: () => this.#compress(written, shown, bytes, NO_FILLINGS) };
  }

  /** Rows that nothing plays stay unwritten. @param places of `shown` in `written` */
  #writeMissing(
    written: WrittenRows,
    set: StreamSet,
    shown: Uint32Array,
    places: Uint32Array,
    style: StreamStyle,
  ): void {
    const writer = this.#writer;
    let cursor: StreamCursor | null = null;
    let isMore = false;
    for (let at = 0; at < shown.length; at++) {
      const entry = shown[at] ?? 0;
      const place = places[at] ?? 0;
      if (written.has(place) || !isWritable(set, entry, style)) continue;
      if (style.template !== null) cursor ??= new StreamCursor(set, this.#addonName);
      if (this.#trackersAt.size > 0) this.#trackersAt = new Map();
      writer.at = 0;
      this.#gaps = [];
      this.#row(set, entry, style, cursor);
      written.add(place, writer.peek(), this.#gaps[0]);
      isMore = true;
    }
    if (isMore) this.#shelf.grew(written);
  }

  #join(written: WrittenRows, places: Uint32Array): void {
    const writer = this.#writer;
    writer.at = 0;
    this.#gaps = [];
    writer.raw(BODY_START);
    for (let at = 0; at < places.length; at++) {
      const place = places[at] ?? 0;
      if (!written.has(place)) continue;
      if (writer.at !== BODY_START.length) writer.raw(COMMA);
      const gap = written.gapOf(place);
      if (gap !== undefined)
        this.#gaps.push({ start: writer.at + gap.start, filling: gap.filling });
      writer.copy(written.text, written.startOf(place), written.endOf(place));
    }
    writer.raw(BODY_END);
  }

  #compress(
    written: WrittenRows,
    places: Uint32Array,
    bytes: Buffer,
    tokens: readonly Uint8Array[],
  ): Buffer | null {
    const parts: Uint16Array[] = [];
    for (let at = 0; at < places.length; at++) {
      const place = places[at] ?? 0;
      if (!written.has(place)) continue;
      const pieces = written.piecesOf(place);
      if (pieces === null) return null;
      parts.push(pieces);
    }
    this.#shelf.grew(written);
    written.setTokens(tokens);
    return this.#pieceGzip.compress({ bytes, table: written.table, parts });
  }

  #writeLinked(
    set: StreamSet,
    rows: Uint32Array,
    count: number,
    style: StreamStyle,
    links: ServiceLinks,
  ): void {
    this.#begin(links);
    this.#write(set, rows, count, style);
  }

  #begin(links: ServiceLinks): void {
    this.#links = links;
    if (links !== NO_LINKS) this.#linkStart = jsonBytes(`${links.baseUrl}/playback/`);
    this.#gaps = [];
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
      const entry = rows[at] ?? 0;
      if (!isWritable(set, entry, style)) continue;
      if (writer.at !== first) writer.raw(COMMA);
      this.#row(set, entry, style, cursor);
    }
    writer.raw(BODY_END);
  }

  #row(set: StreamSet, entry: number, style: StreamStyle, cursor: StreamCursor | null): void {
    const row = rowOfShown(entry);
    if (entry === row) this.#stream(set, row, set.columns.kind[row] ?? 0, style, cursor);
    else this.#linked(set, row, serviceOfShown(entry), style, cursor);
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
      cursor.service = null;
      cursor.addonName =
        kind === TORRENT && style.marksDirectTorrents ? this.#markedName : this.#addonName;
    }
    this.#texts(set, row, names[label] ?? EMPTY, template, cursor);
    if (kind === TORRENT) this.#torrent(set, row);
    else writeLocator(writer, set, row, LOCATORS[kind] ?? QUOTE);
    const isWaiting = kind === HTTP && !isWebReady(set, set.columns.locatorId[row] ?? 0);
    this.#behaviorHints(set, row, this.#labels.bingeGroups[label] ?? QUOTE, isWaiting);
  }

  /** Name and description. */
  #texts(
    set: StreamSet,
    row: number,
    name: Buffer,
    template: StreamStyle['template'],
    cursor: StreamCursor | null,
  ): void {
    const writer = this.#writer;
    writer.raw(NAME);
    if (cursor === null || template === null || template.title === null) writer.raw(name);
    else writer.raw(jsonBytes(template.title(cursor)));
    writer.raw(DESCRIPTION);
    if (cursor === null || template === null || template.description === null)
      writeDescription(writer, set, row);
    else writer.raw(jsonBytes(template.description(cursor)));
    writer.raw(DESCRIPTION_END);
  }

  /** What a service plays: a link of ours. */
  #linked(
    set: StreamSet,
    row: number,
    at: number,
    { template, services }: StreamStyle,
    cursor: StreamCursor | null,
  ): void {
    const service = services[at];
    if (service === undefined) return;
    const isUsenet = set.columns.kind[row] === USENET;
    const labels = this.#labelsOf(service, isUsenet ? 'usenet' : 'torrent');
    const code = set.columns.resolution[row] ?? 0;
    const resolution = code < labels.bingeGroups.length ? code : 0;
    const mark = MARK_NAMES[markOf(this.#links.marks, at, row)] ?? 'unknown';
    if (cursor !== null) {
      cursor.row = row;
      cursor.addonName = this.#addonName;
      cursor.service = { name: service.name, label: service.label, mark };
    }
    this.#texts(set, row, labels.names[mark][resolution] ?? EMPTY, template, cursor);
    const filename = set.filename(row) || set.name(row);
    if (service.newsServer === '') this.#playbackUrl(set, row, at, filename, URL_FIELD);
    else this.#nzbUrl(set, row, at, service.newsServer);
    const isReady = /\.mp4$/i.test(filename) && this.#links.baseUrl.startsWith('https:');
    this.#behaviorHints(set, row, labels.bingeGroups[resolution] ?? QUOTE, !isReady);
  }

  /** Stremio fetches the post from the user's news server: our link is its NZB. */
  #nzbUrl(set: StreamSet, row: number, service: number, newsServer: string): void {
    const writer = this.#writer;
    this.#playbackUrl(set, row, service, `${set.name(row)}.nzb`, NZB_FIELD);
    writer.raw(SERVERS);
    writer.raw(jsonBytes(newsServer));
    writer.raw(SERVERS_END);
  }

  #playbackUrl(
    set: StreamSet,
    row: number,
    service: number,
    filename: string,
    field: Buffer,
  ): void {
    const writer = this.#writer;
    writer.raw(field);
    writer.raw(this.#linkStart);
    this.#gaps.push({ start: writer.at, filling: service });
    writer.raw(TOKEN_GAPS[service] ?? EMPTY);
    writer.raw(PATH_SLASH);
    if (set.columns.kind[row] === USENET) {
      const { mediaId } = set.media;
      writer.raw(jsonBytes(this.#links.nzbRef({ locator: set.locator(row), mediaId })));
    } else writer.hex(set.columns.infohash, row * INFOHASH_BYTES, INFOHASH_BYTES);
    if (set.isSeries) {
      writer.raw(PATH_SLASH);
      writer.integer(Math.max(0, set.media.season));
      writer.raw(PATH_SLASH);
      writer.integer(set.media.episode);
    }
    const name = filename.slice(filename.lastIndexOf('/') + 1);
    if (name !== '') {
      writer.raw(PATH_SLASH);
      writer.raw(jsonBytes(encodeURIComponent(name)));
    }
    writer.raw(STRING_COMMA);
  }

  #labelsOf({ label }: ListedService, kind: ServedKind): ServiceLabels {
    const key = `${kind} ${label}`;
    let labels = this.#serviceLabels.get(key);
    if (labels === undefined) {
      labels = serviceLabels(this.#addonName, label, kind);
      this.#serviceLabels.set(key, labels);
    }
    return labels;
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
  #behaviorHints(set: StreamSet, row: number, bingeGroup: Buffer, isNotWebReady: boolean): void {
    const writer = this.#writer;
    const { columns } = set;
    writer.raw(bingeGroup);
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
    if (isNotWebReady) writer.raw(NOT_WEB_READY);
    writer.raw(STREAM_END);
  }
}

/** Where a row is kept that is written differently with each service and each mark. */
function placeOf(entry: number, rowCount: number, marks: ServiceMarks | null): number {
  const row = rowOfShown(entry);
  if (entry === row) return row;
  const service = serviceOfShown(entry);
  return rowCount * (1 + service * MARK_NAMES.length + markOf(marks, service, row)) + row;
}

/** Their characters stand for themselves in JSON and in paths. */
function tokenBytes(tokens: LinkTokens): readonly Buffer[] {
  return tokens.map((token) => Buffer.from(token, 'latin1'));
}

function writeLocator(writer: ByteWriter, set: StreamSet, row: number, field: Buffer): void {
  writer.raw(field);
  writeString(writer, set, set.columns.locatorId[row] ?? 0);
  writer.raw(STRING_COMMA);
}
