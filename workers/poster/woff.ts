/**
 * Opens a WOFF 1.0 file as a plain OpenType font without some of its tables (W3C WOFF 1.0, sections 3
 * to 5). The colour emoji font carries every picture twice, as COLR and as SVG: without the 20 MB of SVG,
 * which Skia does not read, it costs 6 MB instead of 50.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { inflateSync } from 'node:zlib';

const WOFF_SIGNATURE = 0x774f4646;
const WOFF_HEADER_BYTES = 44;
const WOFF_ENTRY_BYTES = 20;
const SFNT_HEADER_BYTES = 12;
const SFNT_ENTRY_BYTES = 16;

interface Table {
  readonly tag: string;
  readonly checksum: number;
  readonly bytes: Buffer;
}

/**
 * @param dropped tags of tables to leave out; they are not even read
 * @throws Error when the file is not WOFF 1.0
 */
export function openWoff(path: string, dropped: ReadonlySet<string>): Buffer {
  const file = openSync(path, 'r');
  try {
    const header = readBytes(file, 0, WOFF_HEADER_BYTES);
    if (header.readUInt32BE(0) !== WOFF_SIGNATURE) throw new Error(`not a WOFF font: ${path}`);
    const tableCount = header.readUInt16BE(12);
    const directory = readBytes(file, WOFF_HEADER_BYTES, tableCount * WOFF_ENTRY_BYTES);
    const tables: Table[] = [];
    for (let at = 0; at < directory.length; at += WOFF_ENTRY_BYTES) {
      const tag = directory.toString('latin1', at, at + 4);
      if (!dropped.has(tag))
        tables.push(readTable(file, tag, directory.subarray(at, at + WOFF_ENTRY_BYTES)));
    }
    return writeSfnt(header.readUInt32BE(4), tables);
  } finally {
    closeSync(file);
  }
}

function readTable(file: number, tag: string, entry: Buffer): Table {
  const [offset, storedBytes, bytes] = [
    entry.readUInt32BE(4),
    entry.readUInt32BE(8),
    entry.readUInt32BE(12),
  ];
  const stored = readBytes(file, offset, storedBytes);
  const plain = storedBytes < bytes ? inflateSync(stored, { maxOutputLength: bytes }) : stored;
  return { tag, checksum: entry.readUInt32BE(16), bytes: plain };
}

/** Tables keep their order: WOFF demands the ascending order of tags that OpenType wants, too. */
function writeSfnt(flavor: number, tables: readonly Table[]): Buffer {
  const headBytes = SFNT_HEADER_BYTES + tables.length * SFNT_ENTRY_BYTES;
  const font = Buffer.alloc(
    tables.reduce((total, table) => total + padded(table.bytes.length), headBytes),
  );
  const powerOfTwo = 2 ** Math.floor(Math.log2(Math.max(tables.length, 1)));
  font.writeUInt32BE(flavor, 0);
  font.writeUInt16BE(tables.length, 4);
  font.writeUInt16BE(powerOfTwo * 16, 6);
  font.writeUInt16BE(Math.log2(powerOfTwo), 8);
  font.writeUInt16BE((tables.length - powerOfTwo) * 16, 10);
  let offset = headBytes;
  tables.forEach((table, index) => {
    const at = SFNT_HEADER_BYTES + index * SFNT_ENTRY_BYTES;
    font.write(table.tag, at, 'latin1');
    font.writeUInt32BE(table.checksum, at + 4);
    font.writeUInt32BE(offset, at + 8);
    font.writeUInt32BE(table.bytes.length, at + 12);
    table.bytes.copy(font, offset);
    offset += padded(table.bytes.length);
  });
  return font;
}

function padded(bytes: number): number {
  return Math.ceil(bytes / 4) * 4;
}

function readBytes(file: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const read = readSync(file, bytes, filled, length - filled, position + filled);
    if (read === 0) throw new Error('the font file ends too early');
    filled += read;
  }
  return bytes;
}
