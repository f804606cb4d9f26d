/** HTTP of private streams, for owners of stored profiles: what they have brought, a page at a time, and its deletion. */
import { Buffer } from 'node:buffer';
import { jsonReply } from '../../http/json-reply.ts';
import type { Reply, Request, Route } from '../../http/route.ts';
import { AppError } from '../../lib/errors.ts';
import { STREAM_KINDS } from '../../lib/vocabulary.ts';
import { OWNER_KEY_HEADER, type UserContexts } from '../configure/contract.ts';
import type { StoredPrivateLibrary } from './private-library.ts';
import type { PrivateEntry, PrivateStreamStore } from './store.ts';

export interface PrivateStreamRouteParts {
  readonly store: Pick<PrivateStreamStore, 'page' | 'count'>;
  readonly library: Pick<StoredPrivateLibrary, 'delete'>;
  readonly contexts: Pick<UserContexts, 'ownedProfile'>;
  /** Of a profile. */
  readonly streamsMax: number;
  /** Deadline of a request in milliseconds. */
  readonly timeoutMs: number;
}

const PAGE = 50;

export function privateStreamRoutes(parts: PrivateStreamRouteParts): readonly Route[] {
  const row = (
    method: 'GET' | 'DELETE',
    tail: string,
    name: string,
    handler: Route['handler'],
  ): Route => ({
    method,
    pattern: `/profiles/:profile/streams${tail}`,
    name,
    access: 'private',
    traffic: 'control',
    cachePolicy: 'no-store',
    timeoutMs: parts.timeoutMs,
    requestHeaders: [OWNER_KEY_HEADER],
    handler,
  });
  return [
    row('GET', '', 'private-streams', (request) => page(parts, request)),
    row('DELETE', '/:stream', 'private-stream-delete', (request) => deleteOne(parts, request)),
  ];
}

async function page(
  { store, contexts, streamsMax }: PrivateStreamRouteParts,
  request: Request,
): Promise<Reply> {
  const after = new URLSearchParams(request.query).get('after');
  const before = after === null ? Infinity : idOf(after, 'request.bad-query', 'after');
  const profileId = await contexts.ownedProfile(request.parameters[0] ?? '', request);
  const found = await store.page(profileId, before, PAGE + 1, request.signal);
  const total = await store.count(profileId, request.signal);
  const entries = found.slice(0, PAGE);
  return reply({
    total,
    max: streamsMax,
    items: entries.map(itemOf),
    next: found.length > PAGE ? (entries.at(-1)?.id ?? null) : null,
  });
}

async function deleteOne(
  { library, contexts }: PrivateStreamRouteParts,
  request: Request,
): Promise<Reply> {
  const [profile = '', stream = ''] = request.parameters;
  const id = idOf(stream, 'request.bad-id', 'stream');
  const profileId = await contexts.ownedProfile(profile, request);
  if (await library.delete(profileId, id, request.signal)) return reply({ status: 'success' });
  throw new AppError('request.not-found', 'the profile has no such stream', { field: 'stream' });
}

function itemOf(entry: PrivateEntry): object {
  const { id, type, imdbId, publicId, title, year, kind, name, sizeBytes, links, importedAt } =
    entry;
  return {
    id,
    kind: STREAM_KINDS[kind] ?? '',
    name,
    size: sizeBytes,
    links,
    imported_at: importedAt,
    title: { type, id: imdbId === '' ? publicId : imdbId, name: title, year: year || null },
  };
}

function idOf(text: string, code: 'request.bad-id' | 'request.bad-query', field: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new AppError(code, `expected ${field} to be the id of a private stream: digits`, { field });
}

function reply(body: object): Reply {
  return jsonReply(Buffer.from(JSON.stringify(body)), 'no-store');
}
