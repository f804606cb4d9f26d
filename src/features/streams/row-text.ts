/** What a stream's description says, and how values of a set are written: UTF-8 from its heap, labels by code and bit. */
import type { Buffer } from 'node:buffer';
import type { ByteWriter } from '../../lib/json/byte-writer.ts';
import type { StreamSet } from '../../lib/stream-set/stream-set.ts';
import { LABELS, rawBytes, type LabelTable } from './labels.ts';

const SPACE = rawBytes(' ');
const BAR = rawBytes('|');
const BAR_SPACE = rawBytes('| ');
const SLASH = rawBytes('/ ');
const PLUS = rawBytes(' + ');
const NEWLINE = rawBytes('\\n');
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

/** Four lines; empty ones are left out, and a title stands in for the first when nothing is known. */
export function writeDescription(writer: ByteWriter, set: StreamSet, row: number): void {
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
export function writePart(writer: ByteWriter, prefix: Buffer, label: Buffer | undefined): boolean {
  if (label === undefined || label.length === 0) return false;
  writer.raw(prefix);
  writer.raw(label);
  return true;
}

/** The bits that have a name here; a newer process may have written more. */
export function named(mask: number, labels: LabelTable): number {
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
export function writeNames(
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

export function writeString(writer: ByteWriter, { columns, heap }: StreamSet, id: number): void {
  writer.escaped(heap, columns.stringOffsets[id] ?? 0, columns.stringOffsets[id + 1] ?? 0);
}
