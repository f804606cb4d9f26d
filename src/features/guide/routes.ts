/** `/api/v1/iptv/guides`: where programmes come from, and which channel has which guide. */
import { adminRoute } from '../../http/admin-route.ts';
import { jsonObjectBody } from '../../http/json-body.ts';
import type { Request, Route } from '../../http/route.ts';
import { AppError } from '../../lib/errors.ts';
import type { JsonValue } from '../../lib/json/json-value.ts';
import { QueryFields } from '../../lib/query-fields.ts';
import type { JobQueue } from '../../platform/jobs/queue.ts';
import type { Guide, ShownProgramme } from './contract.ts';
import type { GuideImporter } from './importer.ts';
import { syncGuideJob } from './jobs.ts';
import type { ChannelMatcher } from './matcher.ts';
import type { GuideRow, GuideStore, MatchRow } from './store.ts';

export interface GuideRouteParts {
  readonly store: GuideStore;
  readonly guide: Guide;
  readonly matcher: ChannelMatcher;
  readonly importer: Pick<GuideImporter, 'sealed'>;
  readonly jobs: Pick<JobQueue, 'enqueue'>;
  readonly now: () => number;
}

const GUIDES = '/api/v1/iptv/guides';
const MATCHES = `${GUIDES}/matches`;
const BODY_BYTES_MAX = 8192;
const NAME_CHARS_MAX = 200;
const URL_CHARS_MAX = 4000;
const ID_CHARS_MAX = 300;
const INTERVAL_HOURS = 12;
const INTERVAL_HOURS_MAX = 720;
const LIMIT = { min: 1, max: 500, fallback: 100 };
const ANY_ID = { min: 0, max: Number.MAX_SAFE_INTEGER, fallback: 0 };
const DELETE_TIMEOUT_MS = 60_000;

export function guideRoutes(parts: GuideRouteParts): readonly Route[] {
  return [...sourceRoutes(parts), ...matchRoutes(parts)];
}

function sourceRoutes({ store, importer, jobs }: GuideRouteParts): readonly Route[] {
  return [
    adminRoute({
      name: 'iptv-guides',
      pattern: GUIDES,
      answer: async ({ signal }) => ({ items: (await store.list(signal)).map(shownGuide) }),
    }),
    adminRoute({
      method: 'POST',
      name: 'iptv-guide-add',
      pattern: GUIDES,
      bodyBytesMax: BODY_BYTES_MAX,
      answer: async (request) => {
        const { url, ...asked } = newGuideOf(request);
        const made = { ...asked, ...importer.sealed(url) };
        const guideId = await store.add(made, request.signal);
        const { id } = await jobs.enqueue(syncGuideJob, { guideId }, request.signal);
        return { id: guideId, name: asked.name, job: id };
      },
    }),
    adminRoute({
      method: 'POST',
      name: 'iptv-guide-sync',
      pattern: `${GUIDES}/:id/sync`,
      answer: async (request) => {
        const { guideId } = await store.find(idOf(request), request.signal);
        const { id, isNew } = await jobs.enqueue(syncGuideJob, { guideId }, request.signal);
        return { job: id, is_new: isNew };
      },
    }),
    adminRoute({
      method: 'DELETE',
      name: 'iptv-guide-delete',
      pattern: `${GUIDES}/:id`,
      timeoutMs: DELETE_TIMEOUT_MS,
      answer: async (request) => {
        await store.delete(idOf(request), request.signal);
        return { deleted: true };
      },
    }),
    adminRoute({
      name: 'iptv-guide-channels',
      pattern: `${GUIDES}/:id/channels`,
      answer: async (request) => {
        const fields = new QueryFields(request.query, ['after', 'limit']);
        const { guideId } = await store.find(idOf(request), request.signal);
        const after = { guideId, xmltvId: fields.text('after', ID_CHARS_MAX) };
        const limit = fields.integer('limit', LIMIT);
        const rows = await store.channels(guideId, after, limit, request.signal);
        const items = rows.map(({ xmltvId, name }) => ({ id: xmltvId, name }));
        return { items, next: rows.length < limit ? null : (rows.at(-1)?.xmltvId ?? null) };
      },
    }),
  ];
}

function matchRoutes({ store, guide, matcher, now }: GuideRouteParts): readonly Route[] {
  return [
    adminRoute({
      name: 'iptv-guide-matches',
      pattern: MATCHES,
      answer: async (request) => {
        const fields = new QueryFields(request.query, ['after', 'limit', 'guide']);
        const afterId = fields.integer('after', ANY_ID);
        const limit = fields.integer('limit', LIMIT);
        const kind = fields.oneOf('guide', ['all', 'none', 'some'], 'all');
        const rows = await store.matches(
          afterId,
          kind === 'all' ? '' : kind,
          limit,
          request.signal,
        );
        const ids = rows.map(({ channelId }) => channelId);
        const shown = await guide.nowAndNext(ids, now(), request.signal);
        return {
          items: rows.map((row) => {
            const { now: current = null, next = null } = shown.get(row.channelId) ?? {};
            return { ...shownMatch(row), now: shownProgramme(current), next: shownProgramme(next) };
          }),
          next: rows.length < limit ? null : (rows.at(-1)?.rowId ?? null),
        };
      },
    }),
    adminRoute({
      method: 'PUT',
      name: 'iptv-guide-match-correct',
      pattern: `${MATCHES}/:channel`,
      bodyBytesMax: BODY_BYTES_MAX,
      answer: async (request) => {
        const [channelId = ''] = request.parameters;
        const correction = correctionOf(request);
        const { guideId, xmltvId, isManual } = correction;
        if (guideId !== null && !(await store.isChannel(guideId, xmltvId, request.signal)))
          throw bad('id', 'the guide has no such channel');
        await store.correct(channelId, correction, request.signal);
        if (!isManual) await matcher.matchAll(request.signal);
        const [row] = await store.matchesOf([channelId], request.signal);
        return row === undefined ? {} : shownMatch(row);
      },
    }),
  ];
}

function idOf({ parameters: [id = ''] }: Request): number {
  if (/^\d{1,15}$/.test(id)) return Number(id);
  throw new AppError('guide.not-found', 'there is no guide with this id', { field: 'id' });
}

function newGuideOf(request: Request) {
  const { name, url, interval_hours: hours = INTERVAL_HOURS, ...others } = jsonObjectBody(request);
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw bad(unknown, 'accepted are name, url, interval_hours');
  if (
    typeof hours !== 'number' ||
    !Number.isInteger(hours) ||
    hours < 1 ||
    hours > INTERVAL_HOURS_MAX
  )
    throw bad('interval_hours', `expected whole hours from 1 to ${INTERVAL_HOURS_MAX}`);
  return {
    name: textOf('name', name, NAME_CHARS_MAX),
    url: addressOf(textOf('url', url, URL_CHARS_MAX)),
    intervalHours: hours,
  };
}

function addressOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && (url.protocol === 'http:' || url.protocol === 'https:')) return url;
  throw bad('url', 'expected an http or https address');
}

/** `{ guide, id }`, `{ guide: null }` for none, `{ automatic: true }` to be matched again. */
function correctionOf(request: Request) {
  const { guide, id, automatic, ...others } = jsonObjectBody(request);
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw bad(unknown, 'accepted are guide, id, automatic');
  if (automatic === true) return { guideId: null, xmltvId: '', isManual: false };
  if (guide === null) return { guideId: null, xmltvId: '', isManual: true };
  if (typeof guide !== 'number' || !Number.isInteger(guide) || guide < 1 || guide > 2 ** 31 - 1)
    throw bad('guide', 'expected the id of a guide, or null');
  return { guideId: guide, xmltvId: textOf('id', id, ID_CHARS_MAX), isManual: true };
}

function textOf(field: string, value: JsonValue | undefined, charsMax: number): string {
  if (typeof value === 'string' && value.trim() !== '' && value.length <= charsMax)
    return value.trim();
  throw bad(field, `expected a text of 1 to ${charsMax} characters`);
}

function bad(field: string, problem: string): AppError {
  return new AppError('request.bad-body', `the field ${field}: ${problem}`, { field });
}

/** Of its address only the host: there may be a password in the rest. */
function shownGuide(row: GuideRow): object {
  const { guideId, name, host, intervalHours, nextAt, syncedAt, failure } = row;
  const { channels, programmes, refused } = row;
  const times = { interval_hours: intervalHours, next_at: nextAt, synced_at: syncedAt };
  return { id: guideId, name, host, ...times, failure, channels, programmes, refused };
}

function shownMatch({ channelId, tvgId, name, guideId, xmltvId, score, isManual }: MatchRow) {
  const guide = guideId === null ? null : { guide: guideId, id: xmltvId };
  return { channel: channelId, tvg_id: tvgId, name, match: guide, score, is_manual: isManual };
}

function shownProgramme(programme: ShownProgramme | null): object | null {
  if (programme === null) return null;
  const { titles, startMs, stopMs, isDummy } = programme;
  return {
    title: titles[0]?.text ?? '',
    start: new Date(startMs).toISOString(),
    stop: new Date(stopMs).toISOString(),
    is_dummy: isDummy,
  };
}
