/** What whoever wants a file of lines imported needs of the jobs that do it. */
import { Buffer } from 'node:buffer';
import { gunzipSync, gzipSync } from 'node:zlib';
import { z } from 'zod';
import { AppError } from '../../../lib/errors.ts';
import type { LineFormat } from '../../../lib/import-line/line-values.ts';
import { defineJob } from '../../../platform/jobs/definition.ts';

const TIMEOUT_MS = 24 * 3600_000;
/** Of some hundred lines, each of which may ask metadata services. */
const PRIVATE_TIMEOUT_MS = 3600_000;

/** A file on the machine of the worker. */
export const importFileJob = defineJob({
  name: 'ingest.import-file',
  queue: 'import',
  payload: z.object({ path: z.string().min(1).max(4096) }),
  timeoutMs: TIMEOUT_MS,
  dedupeKey: ({ path }) => `ingest.import-file:${path}`,
});

/** Lines as a payload. */
interface PackedLines {
  readonly format: LineFormat;
  /** Base64 of gzip. */
  readonly lines: string;
}

/** Of lines that come with the job itself, uncompressed. */
const SENT_BYTES_MAX = 16 * 2 ** 20;

/** @param query of the request: `format` says what the body is @throws AppError `request.bad-query`, `request.bad-body` */
export function packedLines(body: Buffer, query: string): PackedLines {
  const format = new URLSearchParams(query).get('format') ?? 'ndjson';
  if (format !== 'ndjson' && format !== 'csv')
    throw new AppError('request.bad-query', 'format: expected ndjson or csv', { field: 'format' });
  if (body.length === 0)
    throw new AppError('request.bad-body', 'expected lines of NDJSON or CSV as the body');
  return { format, lines: gzipSync(body).toString('base64') };
}

export function unpackedLines({ lines }: Pick<PackedLines, 'lines'>): Buffer {
  return gunzipSync(Buffer.from(lines, 'base64'), { maxOutputLength: SENT_BYTES_MAX });
}

/** Lines that somebody has sent. */
export const importLinesJob = defineJob({
  name: 'ingest.import-lines',
  queue: 'import',
  payload: z.object({
    format: z.enum(['ndjson', 'csv']),
    /** Base64 of gzip. */
    lines: z.base64(),
  }),
  timeoutMs: TIMEOUT_MS,
  secretFields: ['lines'],
});

/** Lines that a profile has brought for itself. */
export const importPrivateLinesJob = defineJob({
  name: 'ingest.import-private-lines',
  queue: 'import',
  payload: z.object({
    profileId: z.uuid(),
    format: z.enum(['ndjson', 'csv']),
    /** Base64 of gzip. */
    lines: z.base64(),
  }),
  timeoutMs: PRIVATE_TIMEOUT_MS,
  dedupeKey: ({ profileId }) => `ingest.import-private-lines:${profileId}`,
  secretFields: ['lines'],
});
