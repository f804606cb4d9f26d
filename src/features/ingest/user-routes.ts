/** HTTP of ingest for owners of stored profiles: what they bring is for their profile alone, unless the instance allows more. */
import { Buffer } from 'node:buffer';
import { jsonReply } from '../../http/json-reply.ts';
import type { Reply, Request, Route } from '../../http/route.ts';
import { AddressRate } from '../../lib/address-rate.ts';
import { AppError } from '../../lib/errors.ts';
import type { JobQueue } from '../../platform/jobs/queue.ts';
import { OWNER_KEY_HEADER, type UserContexts } from '../configure/contract.ts';
import { readAskedImport, type AskedImport } from './asked-import.ts';
import { analysisBody } from './bodies.ts';
import { importPrivateLinesJob, packedLines } from './bulk/job-definitions.ts';
import type { Ingest } from './contract.ts';

export interface UserImportParts {
  readonly ingest: Ingest;
  readonly jobs: Pick<JobQueue, 'enqueue'>;
  readonly contexts: Pick<UserContexts, 'ownedProfile' | 'resolve'>;
  /** What users may import. */
  readonly allowed: 'off' | 'private' | 'public';
  /** Of an address. */
  readonly perMinuteMax: number;
}

/** Larger torrents than this have a hundred thousand pieces; with base64 around it. */
const BODY_BYTES_MAX = 6 * 2 ** 20;
const LINES_BYTES_MAX = 2 ** 20;
const MINUTE_MS = 60_000;
/** Other servers are asked: for the type of an address, and for titles. */
const TIMEOUT_MS = 60_000;

export function userImportRoutes(parts: UserImportParts): readonly Route[] {
  const handlers = new UserImportHandlers(parts);
  const row = (
    tail: string,
    name: string,
    bodyBytesMax: number,
    handler: Route['handler'],
  ): Route => ({
    method: 'POST',
    pattern: `/profiles/:profile/import${tail}`,
    name,
    access: 'private',
    traffic: 'control',
    cachePolicy: 'no-store',
    timeoutMs: TIMEOUT_MS,
    requestHeaders: [OWNER_KEY_HEADER],
    bodyBytesMax,
    handler,
  });
  return [
    row('/analyze', 'user-import-analyze', BODY_BYTES_MAX, (request) => handlers.analyse(request)),
    row('', 'user-import', BODY_BYTES_MAX, (request) => handlers.import(request)),
    row('/lines', 'user-import-lines', LINES_BYTES_MAX, (request) => handlers.importLines(request)),
  ];
}

class UserImportHandlers {
  readonly #parts: UserImportParts;
  readonly #rate: AddressRate;

  constructor(parts: UserImportParts) {
    this.#parts = parts;
    this.#rate = new AddressRate({
      max: parts.perMinuteMax,
      windowMs: MINUTE_MS,
      code: 'import.too-many',
      message: `an address may ask for ${parts.perMinuteMax} imports a minute: try again later`,
    });
  }

  async analyse(request: Request): Promise<Reply> {
    const { ingest } = this.#parts;
    const { stream, hint, isPublic } = await this.#asked(request);
    const analysis = await ingest[isPublic ? 'analyse' : 'analysePrivately'](
      stream,
      hint,
      request.signal,
    );
    return reply(200, analysisBody(analysis));
  }

  async import(request: Request): Promise<Reply> {
    const { ingest } = this.#parts;
    const { profileId, stream, hint, isPublic } = await this.#asked(request);
    const analysis = isPublic
      ? await ingest.import(stream, hint, request.signal)
      : await ingest.importPrivately(profileId, stream, hint, request.signal);
    const visibility = isPublic ? 'public' : 'private';
    return reply(200, { status: 'success', visibility, ...analysisBody(analysis) });
  }

  /** The body is the file; all of it is private. */
  async importLines(request: Request): Promise<Reply> {
    const profileId = await this.#allowed(request);
    const payload = { profileId, ...packedLines(request.body, request.query) };
    const { id, isNew } = await this.#parts.jobs.enqueue(
      importPrivateLinesJob,
      payload,
      request.signal,
      { owner: profileId },
    );
    if (!isNew)
      throw new AppError(
        'job.busy',
        'an import of this profile is under way: wait until it is done',
      );
    const poll = `/api/v1/import/job/${id}?profile=${profileId}`;
    return reply(202, { status: 'queued', job: id, poll });
  }

  async #asked(
    request: Request,
  ): Promise<AskedImport & { readonly profileId: string; readonly isPublic: boolean }> {
    const profileId = await this.#allowed(request);
    const { ingest, contexts } = this.#parts;
    const { services } = await contexts.resolve(`U-${profileId}`, request);
    const accounts = services.all.map(({ entry }) => entry);
    const asked = await readAskedImport(ingest, request, request.signal, accounts);
    const isPublic = asked.visibility === 'public';
    if (isPublic && this.#parts.allowed !== 'public')
      throw new AppError(
        'import.not-allowed',
        'users import for themselves alone on this server: leave visibility out',
        { field: 'visibility' },
      );
    return { ...asked, profileId, isPublic };
  }

  /** The profile of the path, for its owner. */
  async #allowed(request: Request): Promise<string> {
    if (this.#parts.allowed === 'off')
      throw new AppError('import.not-allowed', 'users import nothing on this server');
    this.#rate.take(request.clientAddress);
    return this.#parts.contexts.ownedProfile(request.parameters[0] ?? '', request);
  }
}

function reply(status: number, body: object): Reply {
  return { ...jsonReply(Buffer.from(JSON.stringify(body)), 'no-store'), status };
}
