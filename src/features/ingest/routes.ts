/** HTTP of ingest, for operators: what something would be linked to, its import, and files of lines as jobs. */
import { Buffer } from 'node:buffer';
import { gzipSync } from 'node:zlib';
import { jsonReply } from '../../http/json-reply.ts';
import type { Reply, Request, Route } from '../../http/route.ts';
import { AppError } from '../../lib/errors.ts';
import { LineFields } from '../../lib/import-line/line-fields.ts';
import type { LineStream } from '../../lib/import-line/stream-line.ts';
import { readPart } from '../../lib/import-line/stream-line.ts';
import { readTitle } from '../../lib/import-line/title-line.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../lib/json/json-value.ts';
import { EVERY_SEASON, LAST_EPISODE } from '../../lib/title-match/title-facts.ts';
import type { JobQueue, JobReport } from '../../platform/jobs/queue.ts';
import {
  hiddenBecause,
  NO_HINT,
  type Analysis,
  type Ingest,
  type TitleGuess,
  type TitleHint,
} from './contract.ts';
import { importFileJob, importLinesJob } from './bulk/job-definitions.ts';

export interface IngestRouteParts {
  readonly ingest: Ingest;
  readonly jobs: Pick<JobQueue, 'enqueue' | 'find'>;
}

/** A `.torrent` of 10 MiB as base64, with what is said of it. */
const BODY_BYTES_MAX = 15 * 2 ** 20;
const LINES_BYTES_MAX = 16 * 2 ** 20;
const NAME_CHARS_MAX = 1000;
const LINK_CHARS_MAX = 32_768;
/** Other servers are asked: for the type of an address, and for titles. */
const TIMEOUT_MS = 60_000;
const OWN_JOBS: ReadonlySet<string> = new Set([importFileJob.name, importLinesJob.name]);

export function ingestRoutes(parts: IngestRouteParts): readonly Route[] {
  const handlers = new IngestHandlers(parts);
  const row = (tail: string, name: string, handler: Route['handler'], body: number): Route => ({
    method: body > 0 ? 'POST' : 'GET',
    pattern: `/api/v1/import${tail}`,
    name,
    access: 'admin',
    traffic: 'admin',
    cachePolicy: 'no-store',
    timeoutMs: TIMEOUT_MS,
    handler,
    ...(body > 0 && { bodyBytesMax: body }),
  });
  return [
    row('/analyze', 'import-analyze', (request) => handlers.analyse(request), BODY_BYTES_MAX),
    row('', 'import', (request) => handlers.import(request), BODY_BYTES_MAX),
    row('/lines', 'import-lines', (request) => handlers.importLines(request), LINES_BYTES_MAX),
    row('/job/:id', 'import-job', (request) => handlers.job(request), 0),
  ];
}

interface Asked {
  readonly stream: LineStream;
  readonly hint: TitleHint;
}

class IngestHandlers {
  readonly #parts: IngestRouteParts;

  constructor(parts: IngestRouteParts) {
    this.#parts = parts;
  }

  async analyse(request: Request): Promise<Reply> {
    const { stream, hint } = await this.#read(request);
    return reply(200, analysisBody(await this.#parts.ingest.analyse(stream, hint, request.signal)));
  }

  async import(request: Request): Promise<Reply> {
    const { stream, hint } = await this.#read(request);
    const analysis = await this.#parts.ingest.import(stream, hint, request.signal);
    return reply(200, { status: 'success', ...analysisBody(analysis) });
  }

  /** The body is the file. */
  async importLines(request: Request): Promise<Reply> {
    const format = new URLSearchParams(request.query).get('format') ?? 'ndjson';
    if (format !== 'ndjson' && format !== 'csv')
      throw new AppError('request.bad-query', 'format: expected ndjson or csv', {
        field: 'format',
      });
    if (request.body.length === 0)
      throw new AppError('request.bad-body', 'expected lines of NDJSON or CSV as the body');
    const lines = gzipSync(request.body).toString('base64');
    const { id } = await this.#parts.jobs.enqueue(
      importLinesJob,
      { format, lines },
      request.signal,
    );
    return reply(202, { status: 'queued', job: id, poll: `/api/v1/import/job/${id}` });
  }

  async job(request: Request): Promise<Reply> {
    const [id = ''] = request.parameters;
    const report = /^[\w-]{1,64}$/.test(id)
      ? await this.#parts.jobs.find(id, request.signal)
      : null;
    if (report === null || !OWN_JOBS.has(report.name))
      throw new AppError('request.not-found', 'there is no import with this id', { field: 'id' });
    return reply(200, jobBody(report));
  }

  /** A `.torrent` as the body with the rest in the query, or an object with `link` or `torrent` (base64). */
  async #read(request: Request): Promise<Asked> {
    const isObject = request.body[0] === 0x7b;
    const said = isObject ? objectOf(request.body) : flatObject(request.query);
    const fields = new LineFields(said);
    const given = isObject ? fields.text(BODY_BYTES_MAX, 'torrent') : '';
    const bytes = isObject ? Buffer.from(given, 'base64') : request.body;
    const link = fields.text(LINK_CHARS_MAX, 'link');
    if ((bytes.length === 0) === (link === ''))
      throw new AppError(
        'request.bad-body',
        'expected a .torrent file as the body, or an object with either link or torrent (base64)',
      );
    const { ingest } = this.#parts;
    const stream = await ingest.read(
      link === '' ? { bytes, filename: '', url: '' } : { link },
      request.signal,
    );
    const name = fields.text(NAME_CHARS_MAX, 'name');
    const part = readPart(fields);
    return {
      stream: { ...stream, name: name || stream.name, part: part ?? stream.part },
      hint: hintOf(fields.object('title')),
    };
  }
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

function analysisBody({ stream, title, alternatives, links, unlinked, problem }: Analysis): object {
  const { kind, infohash, locator, name, sizeBytes, isPrivate } = stream;
  return {
    stream: { kind, info_hash: infohash, url: locator, name, size: sizeBytes, private: isPrivate },
    title: title === null ? null : guessBody(title),
    alternatives: alternatives.map(guessBody),
    links: links.map(({ season, episodeFrom, episodeTo, fileIndex, filename, fileSizeBytes }) => ({
      season: season === EVERY_SEASON ? 'all' : season,
      episode: episodeTo === LAST_EPISODE ? null : episodeFrom,
      episode_to: episodeTo === LAST_EPISODE ? null : episodeTo,
      file_index: fileIndex,
      filename,
      size: fileSizeBytes,
    })),
    unlinked,
    hidden: hiddenBecause(stream),
    problem,
  };
}

function guessBody({ type, imdbId, name, year, confidence, reason, mediaId }: TitleGuess): object {
  return { type, imdb: imdbId, name, year, confidence, reason, is_new: mediaId === null };
}

function jobBody({ id, state, progress, error, result, createdAt, finishedAt, log }: JobReport) {
  return {
    id,
    state,
    progress,
    error,
    result,
    created_at: createdAt.toISOString(),
    finished_at: finishedAt?.toISOString() ?? null,
    log: log.map(({ at, level, message }) => ({ at: at.toISOString(), level, message })),
  };
}

function reply(status: number, body: object): Reply {
  return { ...jsonReply(Buffer.from(JSON.stringify(body)), 'no-store'), status };
}
