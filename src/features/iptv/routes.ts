/** `/api/v1/iptv/…`, for operators. */
import { z, type ZodType } from 'zod';
import { adminRoute } from '../../http/admin-route.ts';
import { jsonObjectBody } from '../../http/json-body.ts';
import type { Request, Route } from '../../http/route.ts';
import { AppError } from '../../lib/errors.ts';
import { QueryFields } from '../../lib/query-fields.ts';
import {
  ALL_RIGHTS,
  PROVIDER_KINDS,
  PROVIDER_MODES,
  type ChannelChange,
  type EntryKey,
} from './contract.ts';
import { INTERVAL_HOURS, PLAYLIST_BYTES_MAX, type Providers } from './providers.ts';
import type { GuideMatching } from '../guide/contract.ts';
import type { IptvStore, StoredSource } from './store.ts';

export interface IptvRouteParts {
  readonly store: IptvStore;
  readonly providers: Providers;
  readonly matching: GuideMatching;
}

const BODY_BYTES_MAX = 16 * 1024;
const NAME_CHARS_MAX = 100;
const TEXT_CHARS_MAX = 500;
const URL_CHARS_MAX = 4096;
const SLOTS_MAX = 1000;
const INTERVAL_HOURS_MAX = 720;
const TIMEOUT_MS = 60_000;
const PAGE = { min: 1, max: 1000, fallback: 100 };
const KEY_CHARS_MAX = 32;
const CHANNEL_ID = /^[0-9a-f]{16}$/;
const ENTRY_KEY = /^([0-9a-f]{16}):(\d{1,9})$/;

const PROVIDER = z.strictObject({
  name: z.string().trim().min(1).max(NAME_CHARS_MAX),
  kind: z.enum(PROVIDER_KINDS).default('m3u'),
  url: z.string().max(URL_CHARS_MAX).default(''),
  mode: z.enum(PROVIDER_MODES).default('redirect'),
  slots_max: z.number().int().min(0).max(SLOTS_MAX).default(0),
  interval_hours: z.number().int().min(0).max(INTERVAL_HOURS_MAX).default(INTERVAL_HOURS),
});
const PROVIDER_CHANGE = z.strictObject({
  mode: z.enum(PROVIDER_MODES).nullish(),
  slots_max: z.number().int().min(0).max(SLOTS_MAX).nullish(),
  interval_hours: z.number().int().min(0).max(INTERVAL_HOURS_MAX).nullish(),
});
const CHANNEL = z.strictObject({
  name: z.string().max(TEXT_CHARS_MAX).nullish(),
  group: z.string().max(TEXT_CHARS_MAX).nullish(),
  logo: z.string().max(URL_CHARS_MAX).nullish(),
  number: z.number().int().min(-1).max(9_999_999).nullish(),
  hidden: z.boolean().nullish(),
});

export function iptvRoutes(parts: IptvRouteParts): readonly Route[] {
  const { store, providers } = parts;
  return [
    ...providerRoutes(providers),
    changeProviderRoute(store, providers),
    ...snapshotRoutes(parts),
    ...channelRoutes(store),
  ];
}

function providerRoutes(providers: Providers): readonly Route[] {
  return [
    adminRoute({
      name: 'iptv-providers',
      pattern: '/api/v1/iptv/providers',
      answer: async ({ signal }) => ({ items: await providers.list(signal) }),
    }),
    adminRoute({
      name: 'iptv-add-provider',
      pattern: '/api/v1/iptv/providers',
      method: 'POST',
      bodyBytesMax: BODY_BYTES_MAX,
      answer: async (request) => {
        const said = bodyOf(request, PROVIDER);
        const { slots_max: slotsMax, interval_hours: intervalHours, ...settings } = said;
        const id = await providers.add({ ...settings, slotsMax, intervalHours }, request.signal);
        const job = settings.url === '' ? null : await providers.enqueueSync(id, request.signal);
        return { ...(await providers.report(id, request.signal)), job };
      },
    }),
    adminRoute({
      name: 'iptv-provider',
      pattern: '/api/v1/iptv/providers/:id',
      answer: (request) => providers.report(idOf(request), request.signal),
    }),
    adminRoute({
      name: 'iptv-sync',
      pattern: '/api/v1/iptv/providers/:id/sync',
      method: 'POST',
      bodyBytesMax: BODY_BYTES_MAX,
      answer: async (request) => queued(await providers.enqueueSync(idOf(request), request.signal)),
    }),
    adminRoute({
      name: 'iptv-playlist',
      pattern: '/api/v1/iptv/providers/:id/playlist',
      method: 'POST',
      bodyBytesMax: PLAYLIST_BYTES_MAX,
      timeoutMs: TIMEOUT_MS,
      answer: async (request) =>
        queued(await providers.enqueuePlaylist(idOf(request), request.body, request.signal)),
    }),
  ];
}

function changeProviderRoute(store: IptvStore, providers: Providers): Route {
  return adminRoute({
    name: 'iptv-change-provider',
    pattern: '/api/v1/iptv/providers/:id',
    method: 'PUT',
    bodyBytesMax: BODY_BYTES_MAX,
    answer: async (request) => {
      const said = bodyOf(request, PROVIDER_CHANGE);
      const { mode = null, slots_max: slotsMax = null, interval_hours: hours = null } = said;
      const id = idOf(request);
      const change = { mode, slotsMax, intervalHours: hours };
      if (!(await store.changeProvider(id, change, request.signal))) throw noProvider();
      return providers.report(id, request.signal);
    },
  });
}

function snapshotRoutes(parts: IptvRouteParts): readonly Route[] {
  const { store, providers } = parts;
  return [
    adminRoute({
      name: 'iptv-delete-provider',
      pattern: '/api/v1/iptv/providers/:id',
      method: 'DELETE',
      timeoutMs: TIMEOUT_MS,
      answer: async (request) => {
        if (!(await store.deleteProvider(idOf(request), request.signal))) throw noProvider();
        return { status: 'deleted' };
      },
    }),
    adminRoute({
      name: 'iptv-snapshots',
      pattern: '/api/v1/iptv/providers/:id/snapshots',
      answer: async (request) => {
        const { id } = await providers.report(idOf(request), request.signal);
        return { items: await store.snapshots(id, request.signal) };
      },
    }),
    adminRoute({
      name: 'iptv-difference',
      pattern: '/api/v1/iptv/providers/:id/snapshots/:snapshot/difference',
      answer: async (request) => {
        const fields = new QueryFields(request.query, ['after', 'limit']);
        const limit = fields.integer('limit', PAGE);
        const items = await store.difference(
          idOf(request),
          numberOf(request, 1),
          { after: entryKey(fields.text('after', KEY_CHARS_MAX)), limit },
          request.signal,
        );
        return pageBehind(items, limit, ({ channel, place }) => `${channel}:${place}`);
      },
    }),
    ...publishRoutes(parts),
  ];
}

/** What is shown from now on. */
function publishRoutes({ store, matching }: IptvRouteParts): readonly Route[] {
  return [
    adminRoute({
      name: 'iptv-publish',
      pattern: '/api/v1/iptv/providers/:id/snapshots/:snapshot/publish',
      method: 'POST',
      bodyBytesMax: BODY_BYTES_MAX,
      timeoutMs: TIMEOUT_MS,
      answer: async (request) => {
        const snapshot = numberOf(request, 1);
        if (!(await store.publish(idOf(request), snapshot, request.signal)))
          throw new AppError(
            'iptv.no-snapshot',
            'no snapshot of this number waits to be published',
          );
        await matching.matchSoon(request.signal);
        return { status: 'published', snapshot };
      },
    }),
    adminRoute({
      name: 'iptv-roll-back',
      pattern: '/api/v1/iptv/providers/:id/rollback',
      method: 'POST',
      bodyBytesMax: BODY_BYTES_MAX,
      timeoutMs: TIMEOUT_MS,
      answer: async (request) => {
        const snapshot = await store.rollBack(idOf(request), request.signal);
        if (snapshot === null)
          throw new AppError(
            'iptv.no-snapshot',
            'there is no snapshot before the one that is shown',
          );
        await matching.matchSoon(request.signal);
        return { status: 'published', snapshot };
      },
    }),
  ];
}

function channelRoutes(store: IptvStore): readonly Route[] {
  return [
    adminRoute({
      name: 'iptv-channels',
      pattern: '/api/v1/iptv/channels',
      answer: async (request) => {
        const fields = new QueryFields(request.query, ['group', 'search', 'after', 'limit']);
        const limit = fields.integer('limit', PAGE);
        const items = await store.channels(
          {
            ...ALL_RIGHTS,
            group: fields.text('group', TEXT_CHARS_MAX),
            search: fields.text('search', NAME_CHARS_MAX),
            includesHidden: true,
            after: channelKey(fields.text('after', KEY_CHARS_MAX)),
            skip: 0,
            limit,
          },
          request.signal,
        );
        return pageBehind(items, limit, ({ id }) => id);
      },
    }),
    adminRoute({
      name: 'iptv-groups',
      pattern: '/api/v1/iptv/groups',
      answer: async ({ signal }) => ({ items: await store.groups(ALL_RIGHTS, signal) }),
    }),
    adminRoute({
      name: 'iptv-channel',
      pattern: '/api/v1/iptv/channels/:id',
      answer: async ({ parameters: [id = ''], signal }) => {
        const channel = await store.channel(id, ALL_RIGHTS, signal);
        if (channel === null) throw noChannel();
        const sources = await store.storedSources(id, ALL_RIGHTS, signal);
        return {
          ...channel,
          sources: sources.map(shownSource),
        };
      },
    }),
    adminRoute({
      name: 'iptv-change-channel',
      pattern: '/api/v1/iptv/channels/:id',
      method: 'PUT',
      bodyBytesMax: BODY_BYTES_MAX,
      answer: async (request) => {
        const { hidden, ...said } = bodyOf(request, CHANNEL);
        const change: ChannelChange = {
          name: said.name ?? null,
          group: said.group ?? null,
          logo: said.logo ?? null,
          number: said.number ?? null,
          isHidden: hidden ?? null,
        };
        const [id = ''] = request.parameters;
        const channel = await store.changeChannel(id, change, request.signal);
        if (channel === null) throw noChannel();
        return channel;
      },
    }),
  ];
}

/** `next` is what `after` has to be for the page behind; null on the last one. */
function pageBehind<T>(items: readonly T[], limit: number, keyOf: (last: T) => string): object {
  const last = items.length < limit ? undefined : items.at(-1);
  return { items, next: last === undefined ? null : keyOf(last) };
}

/** @throws AppError `request.bad-query` */
function channelKey(text: string): string {
  if (text === '' || CHANNEL_ID.test(text)) return text;
  throw badKey();
}

/** @throws AppError `request.bad-query` */
function entryKey(text: string): EntryKey | null {
  if (text === '') return null;
  const [, channel = '', place = ''] = ENTRY_KEY.exec(text) ?? [];
  if (channel === '') throw badKey();
  return { channel, place: Number(place) };
}

function badKey(): AppError {
  return new AppError('request.bad-query', 'the parameter after is not `next` of the page before', {
    field: 'after',
  });
}

function queued(job: string): object {
  return { status: 'queued', job, poll: `/api/v1/admin/tasks/${job}` };
}

/** @throws AppError `request.bad-body` naming the first field that is wrong */
export function bodyOf<T>(request: Request, schema: ZodType<T>): T {
  const read = schema.safeParse(jsonObjectBody(request));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const field = issue?.path.join('.') ?? '';
  throw new AppError('request.bad-body', `${field}: ${issue?.message ?? 'not accepted'}`, {
    field,
  });
}

function idOf(request: Request): number {
  return numberOf(request, 0);
}

/** @throws AppError `iptv.no-provider` */
function numberOf({ parameters }: Request, position: number): number {
  const text = parameters[position] ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw noProvider();
}

/** With marks in the addresses that it shows, where the account was. */
function shownSource(stored: StoredSource): object {
  const { url, accountSealed: _, ...source } = stored;
  return { ...source, host: hostOf(url) };
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : '';
}

function noProvider(): AppError {
  return new AppError('iptv.no-provider', 'there is no provider with this id', { field: 'id' });
}

function noChannel(): AppError {
  return new AppError('iptv.no-channel', 'there is no channel with this id', { field: 'id' });
}
