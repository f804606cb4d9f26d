/** What a request for an import says: the file or the link, of which title it is, and what it plays. */
import { Buffer } from 'node:buffer';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { AppError } from '../../lib/errors.ts';
import { LineFields } from '../../lib/import-line/line-fields.ts';
import type { LineStream } from '../../lib/import-line/stream-line.ts';
import { readPart } from '../../lib/import-line/stream-line.ts';
import { readTitle } from '../../lib/import-line/title-line.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../lib/json/json-value.ts';
import type { ServiceEntry } from '../../lib/user-config/own-services.ts';
import { NO_HINT, type Ingest, type TitleHint } from './contract.ts';

/** Of a request. */
export interface AskedBody {
  readonly body: Buffer;
  /** Without the question mark. */
  readonly query: string;
}

export interface AskedImport {
  readonly stream: LineStream;
  readonly hint: TitleHint;
  /** Who is to see it, where the request says so. */
  readonly visibility: 'private' | 'public' | undefined;
}

/** A `.torrent` of 10 MiB as base64, with what is said of it. */
export const ASKED_BYTES_MAX = 15 * 2 ** 20;
const NAME_CHARS_MAX = 1000;
const LINK_CHARS_MAX = 32_768;

/**
 * A `.torrent` as the body with the rest in the query, or an object with `link` or `torrent` (base64).
 * @param accounts of whoever asks @throws AppError `request.bad-body`, and those of `Ingest.read`
 */
export async function readAskedImport(
  ingest: Pick<Ingest, 'read'>,
  { body, query }: AskedBody,
  signal: CancelSignal,
  accounts: readonly ServiceEntry[] = [],
): Promise<AskedImport> {
  const isObject = body[0] === 0x7b;
  const fields = new LineFields(isObject ? objectOf(body) : flatObject(query));
  const given = isObject ? fields.text(ASKED_BYTES_MAX, 'torrent') : '';
  const bytes = isObject ? Buffer.from(given, 'base64') : body;
  const link = fields.text(LINK_CHARS_MAX, 'link');
  if ((bytes.length === 0) === (link === ''))
    throw new AppError(
      'request.bad-body',
      'expected a .torrent file as the body, or an object with either link or torrent (base64)',
    );
  const hint = hintOf(fields.object('title'));
  const name = fields.text(NAME_CHARS_MAX, 'name');
  const part = readPart(fields);
  const visibility = fields.name(['private', 'public'] as const, 'visibility');
  const stream = await ingest.read(
    link === '' ? { bytes, filename: '', url: '' } : { link, accounts },
    signal,
  );
  return {
    stream: { ...stream, name: name || stream.name, part: part ?? stream.part },
    hint,
    visibility,
  };
}

function hintOf(title: LineFields | undefined): TitleHint {
  if (title === undefined) return NO_HINT;
  const { type, ids, name, year } = readTitle(title);
  return { type, ids, name, year };
}

function objectOf(body: Buffer): JsonObject {
  let value: JsonValue = null;
  try {
    value = JSON.parse(body.toString()) as JsonValue;
  } catch {
    // Said below.
  }
  if (isJsonObject(value)) return value;
  throw new AppError('request.bad-body', 'expected a JSON object in UTF-8 as the body');
}

const OF_TITLE: ReadonlySet<string> = new Set(['type', 'title', 'year', 'imdb', 'tmdb', 'tvdb']);

/** `?type=movie&title=Sintel&year=2010`. */
function flatObject(query: string): JsonObject {
  const said: Record<string, JsonValue> = {};
  const title: Record<string, JsonValue> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    if (OF_TITLE.has(name)) title[name] = value;
    else said[name] = value;
  }
  return Object.keys(title).length === 0 ? said : { ...said, title };
}
