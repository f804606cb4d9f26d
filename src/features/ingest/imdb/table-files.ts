/** Where IMDb's tables are: files, folders, addresses. */
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { AppError } from '../../../lib/errors.ts';
import { IMDB_TABLES, type ImdbTable } from '../../../lib/imdb/tables.ts';
import { bodyStream } from '../../../platform/fetch/body-stream.ts';
import type { Fetcher } from '../../../platform/fetch/fetcher.ts';

export interface TableFile {
  readonly table: ImdbTable;
  /** A file name or an address. */
  readonly name: string;
  /** Another one when the file is another one; empty where nobody says. */
  readonly version: string;
  /** Uncompressed. */
  open(signal: CancelSignal): AsyncIterable<Uint8Array>;
}

const OFFICIAL = 'https://datasets.imdbws.com/';
const READ_BYTES = 256 * 1024;
const HEAD_TIMEOUT_MS = 30_000;
const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);

/** In the order in which they are read. @throws AppError `import.bad-line`, `fetch.…` */
export async function tableFiles(
  fetcher: Pick<Fetcher, 'fetchBytes'>,
  sources: readonly string[],
  signal: CancelSignal,
): Promise<readonly TableFile[]> {
  const given = sources.length === 0 ? [OFFICIAL] : sources;
  const names = (await Promise.all(given.map(namesIn))).flat();
  const files: TableFile[] = [];
  for (const table of IMDB_TABLES) {
    const name = names.find((one) => tableOf(one) === table);
    if (name === undefined) continue;
    files.push(
      isAddress(name) ? await atAddress(fetcher, table, name, signal) : await onDisk(table, name),
    );
  }
  if (files.length === 0) throw noTable(given.join(', '));
  return files;
}

/** What an address or a folder holds. */
async function namesIn(source: string): Promise<readonly string[]> {
  if (isAddress(source))
    return source.endsWith('/')
      ? IMDB_TABLES.map((table) => `${source}${table}.tsv.gz`)
      : [checked(source)];
  const found = await stat(source).catch(() => null);
  if (found === null)
    throw new AppError('import.bad-line', `${source}: expected a file, a folder or an address`);
  if (!found.isDirectory()) return [checked(resolve(source))];
  const names = await readdir(source);
  return names
    .filter((name) => tableOf(name) !== undefined)
    .map((name) => resolve(join(source, name)));
}

function checked(name: string): string {
  if (tableOf(name) === undefined) throw noTable(name);
  return name;
}

function noTable(name: string): AppError {
  const tables = IMDB_TABLES.map((table) => `${table}.tsv.gz`).join(', ');
  return new AppError('import.bad-line', `${name}: expected ${tables}, also without .gz`);
}

/** Also those whose names have something before, as `imdb-format.title.basics.tsv`. */
function tableOf(name: string): ImdbTable | undefined {
  const path = isAddress(name) ? new URL(name).pathname : name;
  const file = /^(.*?)\.tsv(?:\.gz)?$/.exec(basename(path))?.[1];
  return IMDB_TABLES.find((table) => file === table || file?.endsWith(`.${table}`) === true);
}

function isAddress(source: string): boolean {
  return /^https?:\/\//i.test(source) && URL.canParse(source);
}

async function onDisk(table: ImdbTable, path: string): Promise<TableFile> {
  const { size, mtimeMs } = await stat(path);
  const open = () => plain(createReadStream(path, { highWaterMark: READ_BYTES }));
  return { table, name: basename(path), version: `${path} ${size} ${mtimeMs}`, open };
}

/** Whether it has changed says its server, if it does. */
async function atAddress(
  fetcher: Pick<Fetcher, 'fetchBytes'>,
  table: ImdbTable,
  url: string,
  signal: CancelSignal,
): Promise<TableFile> {
  const head = await fetcher.fetchBytes(url, {
    method: 'HEAD',
    signal,
    timeoutMs: HEAD_TIMEOUT_MS,
    bodyBytesMax: 0,
  });
  const isThere = head.status >= 200 && head.status < 300;
  const said = isThere ? head.header('etag') || head.header('last-modified') : '';
  const open = (opened: CancelSignal) =>
    plain(bodyStream(fetcher, url, `the server of ${table}`, opened));
  return { table, name: url, version: said === '' ? '' : `${url} ${said}`, open };
}

/** Servers may have undone the compression. */
async function* plain(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]();
  const first = await iterator.next();
  if (first.done === true) return;
  const all = restOf(first.value, iterator);
  if (!Buffer.from(first.value.subarray(0, GZIP_MAGIC.length)).equals(GZIP_MAGIC))
    return yield* all;
  // Its reader hears of every failure.
  yield* pipeline(Readable.from(all, { objectMode: false }), createGunzip(), () => undefined);
}

async function* restOf(
  first: Uint8Array,
  iterator: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    yield first;
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next())
      yield next.value;
  } finally {
    await iterator.return?.();
  }
}
