/** Kinds of failures as operators see them: what has one fingerprint is one entry with a count. */
import { createHash } from 'node:crypto';
import { z } from 'zod';

export const exceptionRecord = z.object({
  /** 16 hexadecimal digits. */
  fingerprint: z.string(),
  level: z.enum(['warning', 'error']),
  /** Code or name of the error; `Warning` or `Error` without one. */
  type: z.string(),
  /** What the log said. */
  message: z.string(),
  /** What the error said, of the last one. */
  detail: z.string(),
  /** `src/http/response.ts:71`; empty when it is not known. */
  source: z.string(),
  /** Stack of the last one. */
  traceback: z.string(),
  /** X-Request-Id of the last one that belonged to a request; empty without. */
  requestId: z.string(),
  count: z.number(),
  firstSeenAtMs: z.number(),
  lastSeenAtMs: z.number(),
});

export type ExceptionRecord = z.infer<typeof exceptionRecord>;

/** Kinds that are kept; those that were not seen for the longest time make room. */
export const EXCEPTIONS_MAX = 500;

const FINGERPRINT_CHARS = 16;
const DETAIL_CHARS_MAX = 80;

/** One for all failures of one kind at one place: numbers and ids in the text do not count. */
export function fingerprintOf(
  parts: Pick<ExceptionRecord, 'level' | 'type' | 'message' | 'detail' | 'source'>,
): string {
  const { level, type, message, detail, source } = parts;
  const kind = [level, type, message, source, withoutValues(detail).slice(0, DETAIL_CHARS_MAX)];
  return createHash('sha256').update(kind.join('\n')).digest('hex').slice(0, FINGERPRINT_CHARS);
}

/** Hexadecimal words from eight digits on, and all numbers, as `#`. */
function withoutValues(text: string): string {
  return text.replace(/\b[0-9a-f-]{8,}\b/gi, '#').replace(/\d+/g, '#');
}

/** Both together: the text of the later one, the count of both. */
export function mergedRecord(one: ExceptionRecord, other: ExceptionRecord): ExceptionRecord {
  const [earlier, later] = one.lastSeenAtMs <= other.lastSeenAtMs ? [one, other] : [other, one];
  return {
    ...later,
    requestId: later.requestId === '' ? earlier.requestId : later.requestId,
    count: one.count + other.count,
    firstSeenAtMs: Math.min(one.firstSeenAtMs, other.firstSeenAtMs),
  };
}
