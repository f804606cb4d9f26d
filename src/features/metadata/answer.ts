/** What services answer, read field by field: one that is missing or wrong is unknown, and loses no other. */
import { z } from 'zod';
import { AppError } from '../../lib/errors.ts';
import type { UpstreamAnswer } from '../../platform/upstream/upstream.ts';

const TEXT_CHARS_MAX = 10_000;
const URL_CHARS_MAX = 2000;
/** PostgreSQL takes no NUL in a text. */
const NUL = String.fromCharCode(0);

/** One line of at most 10,000 characters; empty for anything else than a text. */
export const text = z
  .string()
  .catch('')
  .transform((value) => value.replaceAll(NUL, '').slice(0, TEXT_CHARS_MAX).trim());

/** A finite number, also where it comes as a text; 0 for anything else. */
export const number = z
  .union([z.number(), z.string().transform(Number)])
  .catch(0)
  .transform((value) => (Number.isFinite(value) ? value : 0));

/** A whole number from 0 to `max`; 0 for anything else. */
export function count(max: number) {
  return number.transform((value) =>
    Number.isInteger(value) && value >= 0 && value <= max ? value : 0,
  );
}

/** The digits of a positive number; empty for anything else. */
export const digits = z
  .union([z.number(), z.string()])
  .catch('')
  .transform((value) => (/^[1-9]\d{0,8}$/.test(String(value)) ? String(value) : ''));

export const imdbId = z
  .string()
  .catch('')
  .transform((value) => (/^tt\d{1,10}$/.test(value) ? value : ''));

/** `2010-06-16` of a date or time that begins so and exists; empty for anything else. */
export const isoDate = z
  .string()
  .catch('')
  .transform((value) => {
    const date = /^(?:1[89]|2[01])\d\d-\d\d-\d\d/.exec(value)?.[0] ?? '';
    return date !== '' && new Date(date).toJSON()?.startsWith(date) === true ? date : '';
  });

export const webUrl = z
  .string()
  .catch('')
  .transform((value) =>
    /^https?:\/\//.test(value) && value.length <= URL_CHARS_MAX && URL.canParse(value) ? value : '',
  );

/** The items that are what they should be. */
export function items<T>(item: z.ZodType<T>) {
  return z
    .array(z.unknown())
    .catch([])
    .transform((values) =>
      values.flatMap((value) => {
        const { data } = item.safeParse(value);
        return data === undefined ? [] : [data];
      }),
    );
}

/**
 * The JSON object of an answer.
 * @throws AppError `metadata.bad-answer` for anything else
 */
export function jsonObject({ bytes, contentType }: UpstreamAnswer, service: string): object {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (cause) {
    const found = contentType.startsWith('text/html') ? 'a web page' : 'no JSON';
    throw badAnswer(service, found, cause);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw badAnswer(service, 'JSON that is no object');
  return value;
}

export function badAnswer(service: string, found: string, cause?: unknown): AppError {
  return new AppError('metadata.bad-answer', `${service} answered with ${found}`, { cause });
}
