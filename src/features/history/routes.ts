/** HTTP of histories, for owners of stored profiles: pages by key, one entry deleted, all of them deleted. */
import { Buffer } from 'node:buffer';
import { jsonReply } from '../../http/json-reply.ts';
import type { Reply, Request, Route } from '../../http/route.ts';
import { AppError } from '../../lib/errors.ts';
import { OWNER_KEY_HEADER, type UserContexts } from '../configure/contract.ts';
import type { EntryKey, HistoryEntry, HistoryStore, PageStart } from './store.ts';

export interface HistoryRouteParts {
  readonly store: HistoryStore;
  readonly contexts: Pick<UserContexts, 'ownedProfile'>;
  /** Deadline of a request in milliseconds. */
  readonly timeoutMs: number;
}

const PAGE_MAX = 100;
const PAGE_USUAL = 50;
const ENTRY = /^(\d{1,15})\.(\d{1,5})\.(\d{1,5})$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;

export function historyRoutes(parts: HistoryRouteParts): readonly Route[] {
  const handlers = new HistoryHandlers(parts);
  const row = (
    method: 'GET' | 'DELETE',
    tail: string,
    name: string,
    handler: Route['handler'],
  ): Route => ({
    method,
    pattern: `/profiles/:profile/history${tail}`,
    name,
    access: 'private',
    traffic: 'control',
    cachePolicy: 'no-store',
    timeoutMs: parts.timeoutMs,
    requestHeaders: [OWNER_KEY_HEADER],
    handler,
  });
  return [
    row('GET', '', 'profile-history', (request) => handlers.page(request)),
    row('DELETE', '', 'profile-history-clear', (request) => handlers.clear(request)),
    row('DELETE', '/:entry', 'profile-history-delete', (request) => handlers.deleteOne(request)),
  ];
}

class HistoryHandlers {
  readonly #parts: HistoryRouteParts;

  constructor(parts: HistoryRouteParts) {
    this.#parts = parts;
  }

  async page(request: Request): Promise<Reply> {
    const query = new URLSearchParams(request.query);
    const limit = limitOf(query.get('limit'));
    const after = startOf(query.get('after'));
    const profileId = await this.#owned(request);
    const found = await this.#parts.store.page(profileId, after, limit + 1, request.signal);
    const entries = found.slice(0, limit);
    const last = entries.at(-1);
    return reply({
      items: entries.map(itemOf),
      next: last === undefined || found.length <= limit ? null : startKey(last),
    });
  }

  async deleteOne(request: Request): Promise<Reply> {
    const key = entryKey(request.parameters[1] ?? '');
    const profileId = await this.#owned(request);
    if (await this.#parts.store.deleteOne(profileId, key, request.signal))
      return reply({ status: 'success' });
    throw new AppError('request.not-found', 'the history has no such entry', { field: 'entry' });
  }

  async clear(request: Request): Promise<Reply> {
    const profileId = await this.#owned(request);
    await this.#parts.store.deleteAll(profileId, request.signal);
    return reply({ status: 'success' });
  }

  /** The profile of the path, for its owner. @throws AppError `profile.not-found`, `profile.wrong-key` */
  #owned(request: Request): Promise<string> {
    return this.#parts.contexts.ownedProfile(request.parameters[0] ?? '', request);
  }
}

function itemOf(entry: HistoryEntry): object {
  const { type, imdbId, publicId, title, year, season, episode, episodeTitle } = entry;
  const id = imdbId === '' ? publicId : imdbId;
  return {
    key: `${entry.mediaId}.${season}.${episode}`,
    type,
    id,
    video_id: type === 'movie' ? id : `${id}:${season}:${episode}`,
    title,
    year: year === 0 ? null : year,
    ...(type === 'series' && { season, episode, episode_title: episodeTitle }),
    played_at: entry.playedAt,
    plays: entry.plays,
  };
}

function startKey({ playedAt, mediaId, season, episode }: HistoryEntry): string {
  return `${playedAt},${mediaId}.${season}.${episode}`;
}

function startOf(text: string | null): PageStart | null {
  if (text === null) return null;
  const [playedAt = '', entry = ''] = text.split(',');
  if (TIME.test(playedAt) && !Number.isNaN(Date.parse(playedAt)) && ENTRY.test(entry))
    return { playedAt, ...entryKey(entry) };
  throw new AppError('request.bad-query', 'expected after to be the next of another page', {
    field: 'after',
  });
}

function limitOf(text: string | null): number {
  if (text === null) return PAGE_USUAL;
  const limit = Number(text);
  if (/^\d{1,3}$/.test(text) && limit >= 1 && limit <= PAGE_MAX) return limit;
  throw new AppError('request.bad-query', `expected limit to be from 1 to ${PAGE_MAX}`, {
    field: 'limit',
  });
}

/** @throws AppError `request.bad-id` */
function entryKey(text: string): EntryKey {
  const [, mediaId, season, episode] = ENTRY.exec(text) ?? [];
  if (mediaId === undefined)
    throw new AppError('request.bad-id', 'expected the key of an entry: three numbers with dots', {
      field: 'entry',
    });
  return { mediaId: Number(mediaId), season: Number(season), episode: Number(episode) };
}

function reply(body: object): Reply {
  return jsonReply(Buffer.from(JSON.stringify(body)), 'no-store');
}
