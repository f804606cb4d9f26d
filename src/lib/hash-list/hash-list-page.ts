/** A page of a hash list: a file that leads to an address with the compressed list behind its #, or the list as JSON. */
import { foldControlCharacters } from '../control-characters.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../json/json-value.ts';
import { parseInfohash } from '../torrent/infohash.ts';
import { decompressEncoded } from './lz-string.ts';

/** One torrent, or one file of it. */
export interface HashListEntry {
  readonly infohash: string;
  readonly name: string;
  /** 0 when unknown. */
  readonly sizeBytes: number;
}

export interface HashListPage {
  readonly entries: readonly HashListEntry[];
  /** Of entries without a hash or a name. */
  readonly bad: number;
}

const TEXT_CHARS_MAX = 64 * 2 ** 20;
const ENTRIES_MAX = 500_000;
const NAME_CHARS_MAX = 500;
const BYTES_MAX = 2 ** 50;
/** As pages have it: `<iframe src="https://…/hashlist#N4Ig…">`; what people share is the address alone. */
const FRAGMENT = /hashlist\/?#([A-Za-z\d+\-$ ]{8,})/;

/** What the list of a page is in, compressed or as JSON; null for what is no page of a list. */
export function listTextOf(page: string): string | null {
  const fragment = FRAGMENT.exec(page)?.[1];
  if (fragment !== undefined) return fragment;
  const start = page.trimStart();
  return start.startsWith('[') || start.startsWith('{') ? start : null;
}

/** @param listText of `listTextOf` @returns why it cannot be read, in words, where it cannot */
export function readHashList(listText: string): HashListPage | string {
  const isJson = listText.startsWith('[') || listText.startsWith('{');
  const plain = isJson ? { text: listText } : decompressEncoded(listText, TEXT_CHARS_MAX);
  if ('problem' in plain)
    return plain.problem === 'large'
      ? `the list is longer than ${TEXT_CHARS_MAX} characters`
      : 'the list is cut off or broken';
  const rows = rowsOf(plain.text);
  if (rows === null) return 'the list is no JSON of torrents: expected filename, hash and bytes';
  if (rows.length > ENTRIES_MAX) return `the list has more than ${ENTRIES_MAX} entries`;
  const entries = rows.flatMap((row) => entryOf(row) ?? []);
  return { entries, bad: rows.length - entries.length };
}

function rowsOf(text: string): readonly JsonValue[] | null {
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch {
    return null;
  }
  const rows = isJsonObject(value) ? value['torrents'] : value;
  return Array.isArray(rows) ? (rows as readonly JsonValue[]) : null;
}

function entryOf(row: JsonValue): HashListEntry | null {
  if (!isJsonObject(row)) return null;
  const infohash = parseInfohash(textOf(row, 'hash'));
  const name = foldControlCharacters(textOf(row, 'filename')).trim().slice(0, NAME_CHARS_MAX);
  if (infohash === null || name === '') return null;
  const bytes = row['bytes'];
  const isSize = typeof bytes === 'number' && Number.isSafeInteger(bytes);
  return { infohash, name, sizeBytes: isSize && bytes > 0 && bytes <= BYTES_MAX ? bytes : 0 };
}

function textOf(row: JsonObject, field: string): string {
  const value = row[field];
  return typeof value === 'string' ? value.toWellFormed() : '';
}
