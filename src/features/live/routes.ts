/** HTTP of live streams and recordings: made, listed, started, stopped, ended, deleted, restored. */
import { Buffer } from 'node:buffer';
import { jsonObjectBody } from '../../http/json-body.ts';
import { jsonReply } from '../../http/json-reply.ts';
import type { Reply, Request, Route } from '../../http/route.ts';
import { AppError } from '../../lib/errors.ts';
import { OWNER_KEY_HEADER, ownerKeyOf } from '../configure/contract.ts';
import type { LiveStatus, LiveStream } from './contract.ts';
import type { LiveFilter, LiveKey, LiveStore } from './store.ts';
import type { OwnedStreams } from './streams.ts';

export interface LiveRouteParts {
  readonly store: LiveStore;
  readonly streams: OwnedStreams;
  /** Whoever may use the instance may make streams. */
  readonly isCreationOpen: boolean;
  /** Deadline of a request in milliseconds. */
  readonly timeoutMs: number;
}

const BODY_BYTES_MAX = 4096;
const TITLE_CHARS_MAX = 200;
const PAGE_MAX = 100;
const PAGE_USUAL = 20;
const PAGES_MAX = 1_000_000;
const STATUSES: readonly LiveStatus[] = ['created', 'live', 'ended'];
const OWNER = /^[\da-f]{32}$/;
const KEY = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z),([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/;

export function liveRoutes(parts: LiveRouteParts): readonly Route[] {
  const handlers = new LiveHandlers(parts);
  const row = (pattern: string, name: string, more: Partial<Route> & Pick<Route, 'handler'>) => ({
    pattern,
    name,
    access: 'private' as const,
    traffic: 'control' as const,
    cachePolicy: 'no-store',
    timeoutMs: parts.timeoutMs,
    requestHeaders: [OWNER_KEY_HEADER],
    ...more,
  });
  const owned = (tail: string, name: string, handler: Route['handler']): Route =>
    row(`/api/v1/live/:id${tail}`, name, { method: 'POST', handler });
  return [
    row('/api/v1/live', 'live-create', {
      method: 'POST',
      access: parts.isCreationOpen ? 'private' : 'admin',
      bodyBytesMax: BODY_BYTES_MAX,
      handler: (request) => handlers.create(request),
    }),
    row('/api/v1/live', 'live-list', { handler: (request) => handlers.live(request) }),
    row('/api/v1/live/:id', 'live-stream', { handler: (request) => handlers.one(request) }),
    row('/api/v1/live/:id', 'live-delete', {
      method: 'DELETE',
      handler: (request) => handlers.setDeleted(request, true),
    }),
    owned('/start', 'live-start', (request) => handlers.setStatus(request, 'live')),
    owned('/stop', 'live-stop', (request) => handlers.setStatus(request, 'created')),
    owned('/end', 'live-end', (request) => handlers.setStatus(request, 'ended')),
    owned('/restore', 'live-restore', (request) => handlers.setDeleted(request, false)),
    row('/api/v1/vod', 'vod-list', { handler: (request) => handlers.recordings(request) }),
  ];
}

class LiveHandlers {
  readonly #parts: LiveRouteParts;

  constructor(parts: LiveRouteParts) {
    this.#parts = parts;
  }

  async create(request: Request): Promise<Reply> {
    const { title } = jsonObjectBody(request);
    const text = typeof title === 'string' ? title.trim() : '';
    if (text === '' || text.length > TITLE_CHARS_MAX || /\p{Cc}/u.test(text))
      throw new AppError(
        'request.bad-body',
        `expected title to be 1 to ${TITLE_CHARS_MAX} characters`,
        { field: 'title' },
      );
    const { stream, ownerKey } = await this.#parts.streams.create(
      text,
      ownerKeyOf(request),
      request.signal,
    );
    const ingest = `${request.baseUrl}/live/${stream.id}/ingest/${ownerKey}/index.m3u8`;
    return reply({ ...itemOf(stream, request), ownerKey, ingest });
  }

  /** By key: `next` is the `after` of the next page. */
  async live(request: Request): Promise<Reply> {
    const query = new URLSearchParams(request.query);
    return this.#byKey(request, filterOf(query, 'live'), query);
  }

  async one(request: Request): Promise<Reply> {
    const stream = await this.#parts.streams.get(request.parameters[0] ?? '', request.signal);
    return reply(itemOf(stream, request));
  }

  /** With `after` by key and without a total, else by number. */
  async recordings(request: Request): Promise<Reply> {
    const query = new URLSearchParams(request.query);
    const filter = filterOf(query, 'ended');
    if (query.has('after')) return this.#byKey(request, filter, query);
    const page = numberOf(query, 'page', 1, PAGES_MAX);
    const limit = numberOf(query, 'limit', PAGE_USUAL, PAGE_MAX);
    const skip = (page - 1) * limit;
    const found = await this.#parts.store.page(filter, { skip, limit }, request.signal);
    const items = found.items.map((stream) => itemOf(stream, request));
    return reply({ items, total: found.total, page });
  }

  async setStatus(request: Request, status: LiveStatus): Promise<Reply> {
    const stream = await this.#owned(request);
    const changed = await this.#parts.streams.setStatus(stream, status, request.signal);
    return reply(itemOf(changed, request));
  }

  async setDeleted(request: Request, isDeleted: boolean): Promise<Reply> {
    const { id } = await this.#owned(request);
    await this.#parts.streams.setDeleted(id, isDeleted, request.signal);
    return reply({ status: 'success' });
  }

  #owned(request: Request) {
    const [id = ''] = request.parameters;
    return this.#parts.streams.owned(id, ownerKeyOf(request), request.signal);
  }

  async #byKey(request: Request, filter: LiveFilter, query: URLSearchParams): Promise<Reply> {
    const limit = numberOf(query, 'limit', PAGE_USUAL, PAGE_MAX);
    const after = keyOf(query.get('after') ?? '');
    const found = await this.#parts.store.pageAfter(filter, after, limit + 1, request.signal);
    const streams = found.slice(0, limit);
    const last = streams.at(-1);
    return reply({
      items: streams.map((stream) => itemOf(stream, request)),
      total: null,
      next: last === undefined || found.length <= limit ? null : `${last.createdAt},${last.id}`,
    });
  }
}

function itemOf(stream: LiveStream, { baseUrl }: Request): object {
  const { id, title, owner, status, createdAt, startedAt, endedAt, storedBytes } = stream;
  const playlist = `${baseUrl}/live/${id}/index.m3u8`;
  return { id, title, owner, status, createdAt, startedAt, endedAt, storedBytes, playlist };
}

/** @throws AppError `request.bad-query` */
function filterOf(query: URLSearchParams, usual: LiveStatus): LiveFilter {
  const text = query.get('status') ?? usual;
  const status = STATUSES.find((one) => one === text);
  if (status === undefined) throw badQuery('status', STATUSES.join(', '));
  const owner = query.get('owner') ?? '';
  if (owner !== '' && !OWNER.test(owner)) throw badQuery('owner', '32 hexadecimal digits');
  return { status, owner };
}

/** Null where the first page is asked for. @throws AppError `request.bad-query` */
function keyOf(text: string): LiveKey | null {
  if (text === '') return null;
  const [, createdAt = '', id = ''] = KEY.exec(text) ?? [];
  if (id === '' || Number.isNaN(Date.parse(createdAt)))
    throw badQuery('after', 'the next of another page');
  return { createdAt, id };
}

function numberOf(query: URLSearchParams, name: string, usual: number, max: number): number {
  const text = query.get(name);
  if (text === null) return usual;
  const number = Number(text);
  if (/^\d{1,7}$/.test(text) && number >= 1 && number <= max) return number;
  throw badQuery(name, `a number from 1 to ${max}`);
}

function badQuery(field: string, expected: string): AppError {
  return new AppError('request.bad-query', `expected ${field} to be ${expected}`, { field });
}

function reply(body: object): Reply {
  return jsonReply(Buffer.from(JSON.stringify(body)), 'no-store');
}
