/** What a chat message may be: names and texts as they are stored and shown. */
import { foldControlCharacters } from '../../lib/control-characters.ts';
import { AppError } from '../../lib/errors.ts';
import type { JsonObject, JsonValue } from '../../lib/json/json-value.ts';

export interface NewMessage {
  readonly author: string;
  readonly text: string;
  /** UUID that the sender chose, so that it may send the message again; null without one. */
  readonly ref: string | null;
}

/** As the database holds it. */
export interface ChatMessage {
  readonly id: number;
  readonly author: string;
  /** Null where the message is from a time before authors had one. */
  readonly author_id: string | null;
  /** Whether the owner of the stream said it. */
  readonly owner: boolean;
  readonly text: string;
  /** ISO 8601, in microseconds. */
  readonly created_at: string;
}

export const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;
const AUTHOR_CHARS_MAX = 40;
const TEXT_CHARS_MAX = 500;
/** What lies outside of the basic plane is two code units and one character, as in PostgreSQL. */
const SECOND_UNIT = /[\uDC00-\uDFFF]/g;
/** Unseen characters that turn around or split what others read; joiners stay, for they make up emoji and scripts. */
const UNSEEN = /(?![\u{200C}\u{200D}])\p{Cf}/gu;
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u;

/** @throws AppError `request.bad-body` naming the field */
export function parseMessage(body: JsonObject): NewMessage {
  return {
    author: cleaned('author', body['author'], AUTHOR_CHARS_MAX),
    text: cleaned('text', body['text'], TEXT_CHARS_MAX),
    ref: refOf(body['ref']),
  };
}

function refOf(value: JsonValue | undefined): string | null {
  if (value === undefined || value === null) return null;
  const ref = typeof value === 'string' ? value.toLowerCase() : '';
  if (UUID.test(ref)) return ref;
  throw new AppError('request.bad-body', 'expected ref to be a UUID, or none', { field: 'ref' });
}

function cleaned(field: string, value: JsonValue | undefined, charsMax: number): string {
  const text = typeof value === 'string' ? clean(value) : '';
  const chars = text.length - (text.match(SECOND_UNIT)?.length ?? 0);
  if (VISIBLE.test(text) && chars <= charsMax) return text;
  throw new AppError(
    'request.bad-body',
    `expected ${field} to be a text of 1 to ${charsMax} characters, with one that can be seen`,
    { field },
  );
}

function clean(value: string): string {
  const visible = value.toWellFormed().normalize('NFC').replace(UNSEEN, '');
  return foldControlCharacters(visible);
}
