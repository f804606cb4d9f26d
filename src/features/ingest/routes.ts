/** HTTP of ingest, for operators: what something would be linked to, its import, and files of lines as jobs. */
import { Buffer } from 'node:buffer';
import { jsonReply } from '../../http/json-reply.ts';
import type { Reply, Request, Route } from '../../http/route.ts';
import { AppError } from '../../lib/errors.ts';
import type { JobQueue } from '../../platform/jobs/queue.ts';
import type { InstanceAccess } from '../access/contract.ts';
import { OWNER_KEY_HEADER, type UserContexts } from '../configure/contract.ts';
import { ASKED_BYTES_MAX, readAskedImport } from './asked-import.ts';
import { analysisBody, jobBody } from './bodies.ts';
import {
  importFileJob,
  importLinesJob,
  importPrivateLinesJob,
  packedLines,
} from './bulk/job-definitions.ts';
import type { Ingest } from './contract.ts';

export interface IngestRouteParts {
  readonly ingest: Ingest;
  readonly jobs: Pick<JobQueue, 'enqueue' | 'find'>;
  readonly contexts: Pick<UserContexts, 'ownedProfile'>;
  readonly access: Pick<InstanceAccess, 'isOperator'>;
}

const LINES_BYTES_MAX = 16 * 2 ** 20;
/** Other servers are asked: for the type of an address, and for titles. */
const TIMEOUT_MS = 60_000;
const OWN_JOBS: ReadonlySet<string> = new Set([
  importFileJob.name,
  importLinesJob.name,
  importPrivateLinesJob.name,
]);

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
    row('/analyze', 'import-analyze', (request) => handlers.analyse(request), ASKED_BYTES_MAX),
    row('', 'import', (request) => handlers.import(request), ASKED_BYTES_MAX),
    row('/lines', 'import-lines', (request) => handlers.importLines(request), LINES_BYTES_MAX),
    {
      ...row('/job/:id', 'import-job', (request) => handlers.job(request), 0),
      // Of operators, and of the owner of the profile that began it.
      access: 'private',
      traffic: 'control',
      requestHeaders: ['x-api-key', 'authorization', OWNER_KEY_HEADER],
    },
  ];
}

class IngestHandlers {
  readonly #parts: IngestRouteParts;

  constructor(parts: IngestRouteParts) {
    this.#parts = parts;
  }

  async analyse(request: Request): Promise<Reply> {
    const { ingest } = this.#parts;
    const { stream, hint } = await readAskedImport(ingest, request, request.signal);
    return reply(200, analysisBody(await ingest.analyse(stream, hint, request.signal)));
  }

  async import(request: Request): Promise<Reply> {
    const { ingest } = this.#parts;
    const { stream, hint } = await readAskedImport(ingest, request, request.signal);
    const analysis = await ingest.import(stream, hint, request.signal);
    return reply(200, { status: 'success', ...analysisBody(analysis) });
  }

  /** The body is the file. */
  async importLines(request: Request): Promise<Reply> {
    const payload = packedLines(request.body, request.query);
    const { id } = await this.#parts.jobs.enqueue(importLinesJob, payload, request.signal);
    return reply(202, { status: 'queued', job: id, poll: `/api/v1/import/job/${id}` });
  }

  async job(request: Request): Promise<Reply> {
    const { jobs, contexts, access } = this.#parts;
    const [id = ''] = request.parameters;
    const profile = new URLSearchParams(request.query).get('profile');
    if (profile === null && !access.isOperator(request))
      throw new AppError(
        'access.key-needed',
        'expected API_PASSWORD in X-API-Key, or ?profile=U-… and its owner key in X-Owner-Key',
      );
    const owner = profile === null ? null : await contexts.ownedProfile(profile, request);
    const report = /^[\w-]{1,64}$/.test(id) ? await jobs.find(id, request.signal) : null;
    const isTheirs =
      report !== null && (owner === null ? OWN_JOBS.has(report.name) : report.owner === owner);
    if (!isTheirs)
      throw new AppError('request.not-found', 'there is no import with this id', { field: 'id' });
    return reply(200, jobBody(report));
  }
}

function reply(status: number, body: object): Reply {
  return { ...jsonReply(Buffer.from(JSON.stringify(body)), 'no-store'), status };
}
