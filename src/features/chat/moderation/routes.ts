/** HTTP of what owners allow and forbid in the chats of their streams. */
import { Buffer } from 'node:buffer';
import { jsonObjectBody } from '../../../http/json-body.ts';
import { jsonReply } from '../../../http/json-reply.ts';
import type { Reply, Request, Route } from '../../../http/route.ts';
import { AppError } from '../../../lib/errors.ts';
import type { JsonObject, JsonValue } from '../../../lib/json/json-value.ts';
import { OWNER_KEY_HEADER, ownerKeyOf } from '../../configure/contract.ts';
import type { LiveStreams } from '../../live/contract.ts';
import { noStream, numberOf, streamIdOf } from '../request.ts';
import type { Rooms } from '../rooms.ts';
import type { ModerationStore, SanctionKind } from './store.ts';

export interface ModerationRouteParts {
  readonly store: ModerationStore;
  readonly live: LiveStreams;
  readonly rooms: Rooms;
  /** Deadline of a request in milliseconds. */
  readonly timeoutMs: number;
}

const BODY_BYTES_MAX = 4096;
const PAGE_MAX = 500;
const FOLLOWERS_MAX = 100_000;
const SLOW_MODE_S_MAX = 3600;
const MINUTES_MAX = 525_600;
const SUBJECT = /^[\w-]{22}$/;
const KINDS: readonly SanctionKind[] = ['muted', 'banned'];

export function moderationRoutes(parts: ModerationRouteParts): readonly Route[] {
  const handlers = new ModerationHandlers(parts);
  const row = (tail: string, more: Pick<Route, 'method' | 'name' | 'handler'>): Route => ({
    pattern: `/api/v1/live/:id/chat/${tail}`,
    access: 'private',
    traffic: 'control',
    cachePolicy: 'no-store',
    timeoutMs: parts.timeoutMs,
    requestHeaders: [OWNER_KEY_HEADER],
    ...(more.method === 'PUT' ? { bodyBytesMax: BODY_BYTES_MAX } : {}),
    ...more,
  });
  return [
    row('settings', { method: 'PUT', name: 'chat-settings', handler: handlers.setRoom }),
    row('sanctions', { name: 'chat-sanctions', handler: handlers.sanctions }),
    row('sanctions', { method: 'PUT', name: 'chat-forbid', handler: handlers.forbid }),
    row('sanctions/:subject', { method: 'DELETE', name: 'chat-lift', handler: handlers.lift }),
    row('followers', { name: 'chat-followers', handler: handlers.followers }),
    row('followers/:author', { method: 'PUT', name: 'chat-follow', handler: handlers.follow }),
    row('followers/:author', {
      method: 'DELETE',
      name: 'chat-unfollow',
      handler: handlers.unfollow,
    }),
  ];
}

class ModerationHandlers {
  readonly #parts: ModerationRouteParts;

  constructor(parts: ModerationRouteParts) {
    this.#parts = parts;
  }

  readonly setRoom = async (request: Request): Promise<Reply> => {
    const { streamId } = await this.#owned(request);
    const body = jsonObjectBody(request);
    const settings = await this.#parts.store.setRoom(
      streamId,
      {
        slowModeS: integerOf(body, 'slow_mode_s', 0, SLOW_MODE_S_MAX),
        followersOnly: flagOf(body, 'followers_only'),
      },
      request.signal,
    );
    this.#parts.rooms.announce([{ kind: 'settings', streamId, ...settings }]);
    return reply({ slow_mode_s: settings.slowModeS, followers_only: settings.followersOnly });
  };

  readonly sanctions = async (request: Request): Promise<Reply> => {
    const { owner } = await this.#owned(request);
    const { after, limit } = pageOf(request);
    const found = await this.#parts.store.sanctions(
      owner,
      { after, limit: limit + 1 },
      request.signal,
    );
    return reply({ items: found.slice(0, limit), has_more: found.length > limit });
  };

  /** Who wrote a message, its address included, or one author alone. */
  readonly forbid = async (request: Request): Promise<Reply> => {
    const { streamId, owner } = await this.#owned(request);
    const body = jsonObjectBody(request);
    const kind = KINDS.find((one) => one === body['kind']);
    if (kind === undefined) throw badField('kind', KINDS.join(' or '));
    const minutes = integerOf(body, 'minutes', 1, MINUTES_MAX);
    const subjects = await this.#subjects(streamId, body, request);
    await this.#parts.store.forbid(owner, subjects, { kind, minutes }, request.signal);
    if (kind === 'banned')
      this.#parts.rooms.announce(subjects.map((subject) => ({ kind, owner, subject })));
    return reply({ status: 'success' });
  };

  readonly lift = async (request: Request): Promise<Reply> => {
    const { owner } = await this.#owned(request);
    const subject = authorOf(request);
    if (!(await this.#parts.store.lift(owner, subject, request.signal))) throw notFound();
    return reply({ status: 'success' });
  };

  readonly followers = async (request: Request): Promise<Reply> => {
    const { owner } = await this.#owned(request);
    const { after, limit } = pageOf(request);
    const found = await this.#parts.store.followers(
      owner,
      { after, limit: limit + 1 },
      request.signal,
    );
    return reply({ items: found.slice(0, limit), has_more: found.length > limit });
  };

  readonly follow = async (request: Request): Promise<Reply> => {
    const { owner } = await this.#owned(request);
    const authorId = authorOf(request);
    if (await this.#parts.store.follow(owner, authorId, FOLLOWERS_MAX, request.signal))
      return reply({ status: 'success' });
    throw new AppError('chat.too-many-followers', `at most ${FOLLOWERS_MAX} followers are kept`);
  };

  readonly unfollow = async (request: Request): Promise<Reply> => {
    const { owner } = await this.#owned(request);
    if (!(await this.#parts.store.unfollow(owner, authorOf(request), request.signal)))
      throw notFound();
    return reply({ status: 'success' });
  };

  /** @throws AppError `live.not-found`, `live.wrong-key` */
  async #owned(request: Request): Promise<{ readonly streamId: string; readonly owner: string }> {
    const streamId = streamIdOf(request);
    const { live } = this.#parts;
    const key = ownerKeyOf(request);
    const stream = await live.find(streamId, request.signal);
    if (stream === null) throw noStream();
    if (!(await live.isOwner(streamId, key, request.signal)))
      throw new AppError('live.wrong-key', 'the owner key is missing or not that of the stream');
    return { streamId, owner: stream.owner };
  }

  async #subjects(
    streamId: string,
    { message, author_id: author }: JsonObject,
    request: Request,
  ): Promise<readonly string[]> {
    if (typeof author === 'string' && SUBJECT.test(author)) return [author];
    if (typeof message !== 'number' || !Number.isSafeInteger(message))
      throw badField('message', 'the id of one, or author_id an author');
    const subjects = await this.#parts.store.subjectsOf(streamId, message, request.signal);
    if (subjects.length === 0) throw notFound();
    return subjects;
  }
}

/** @throws AppError `chat.not-found` for what is no id of an author */
function authorOf({ parameters: [, author = ''] }: Request): string {
  if (!SUBJECT.test(author)) throw notFound();
  return author;
}

function pageOf(request: Request): { readonly after: string; readonly limit: number } {
  const query = new URLSearchParams(request.query);
  const limit = numberOf(query, 'limit', { usual: PAGE_MAX, min: 1, max: PAGE_MAX });
  return { after: query.get('after') ?? '', limit };
}

/** Null where it is left out. @throws AppError `request.bad-body` */
function integerOf(body: JsonObject, field: string, min: number, max: number): number | null {
  const value: JsonValue | undefined = body[field];
  if (value === undefined || value === null) return null;
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max)
    return value;
  throw badField(field, `a whole number from ${min} to ${max}`);
}

function flagOf(body: JsonObject, field: string): boolean | null {
  const value = body[field];
  if (value === undefined || value === null) return null;
  if (typeof value === 'boolean') return value;
  throw badField(field, 'true or false');
}

function badField(field: string, expected: string): AppError {
  return new AppError('request.bad-body', `expected ${field} to be ${expected}`, { field });
}

function notFound(): AppError {
  return new AppError('chat.not-found', 'there is no such message, sanction or follower');
}

function reply(body: object): Reply {
  return jsonReply(Buffer.from(JSON.stringify(body)), 'no-store');
}
