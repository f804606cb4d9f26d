/** `POST /preview`: the list that settings lead to, while they are edited, with the reason for each stream left out. */
import { Buffer } from 'node:buffer';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { jsonObjectBody } from '../../http/json-body.ts';
import { jsonReply } from '../../http/json-reply.ts';
import type { Reply, Request, Route } from '../../http/route.ts';
import type { AddressRate } from '../../lib/address-rate.ts';
import { AppError } from '../../lib/errors.ts';
import { DROP_RULES } from '../../lib/ranking/drop-rules.ts';
import type { Stream } from '../../lib/stremio/types.ts';
import type { StreamSet } from '../../lib/stream-set/stream-set.ts';
import type { JsonObject } from '../../lib/json/json-value.ts';
import { OWNER_KEY_HEADER, type UserContexts } from '../configure/contract.ts';
import type { ListSettings } from '../../lib/user-config/list-settings.ts';
import { explain } from './explain.ts';
import {
  absenceNotice,
  emptyListNotices,
  leadNotices,
  noticeBody,
  type Notice,
} from './notices.ts';
import { sampleSet } from './samples.ts';
import type { Absence } from './resolve.ts';
import type { StreamService } from './service.ts';

const BODY_BYTES_MAX = 96 * 1024;
/** A page shows no more; the counts are of all. */
const DROPPED_SHOWN = 200;

const NOTHING = { title: '', total: 0, shown: 0, streams: [], dropped: [], droppedByRule: {} };

/** The preview's row of the route table. */
export function previewRoute(
  service: StreamService,
  contexts: UserContexts,
  previews: AddressRate,
  timeoutMs: number,
): Route {
  return {
    method: 'POST',
    pattern: '/preview',
    name: 'preview',
    access: 'private',
    traffic: 'control',
    cachePolicy: 'no-store',
    timeoutMs,
    bodyBytesMax: BODY_BYTES_MAX,
    requestHeaders: [OWNER_KEY_HEADER],
    handler: (request) => {
      previews.take(request.clientAddress);
      return preview(service, contexts, request);
    },
  };
}

async function preview(
  service: StreamService,
  contexts: UserContexts,
  request: Request,
): Promise<Reply> {
  const body = jsonObjectBody(request);
  const existing = typeof body['existing'] === 'string' ? body['existing'] : null;
  const { list } = await contexts.draft(body['config'] ?? {}, existing, request);
  const found = await findSet(service, body, list, request.signal);
  if (typeof found === 'string') {
    return reply({ ...NOTHING, ...noticeOf(absenceNotice(found, list), service, request) });
  }
  const matches =
    list.nameFilter === null
      ? null
      : await service.nameMatches.load(found, list.nameFilter, request.signal);
  const { shown, verdicts, droppedByRule, rankUs } = explain(found, list, matches);
  const startedAt = performance.now();
  const bytes = service.present(found, shown, list);
  const presentUs = Math.round((performance.now() - startedAt) * 1000);
  const { streams }: { readonly streams: readonly Stream[] } = JSON.parse(bytes.toString());
  const counts = Uint16Array.from(DROP_RULES, (rule) => droppedByRule[rule] ?? 0);
  return reply({
    title: found.media.title,
    total: found.rowCount,
    shown: shown.length,
    streams: streams.map(({ name, description }, index) => ({
      ...verdicts[index],
      name,
      description,
    })),
    dropped: verdicts.filter(({ rule }) => rule !== null).slice(0, DROPPED_SHOWN),
    droppedByRule,
    ...noticeOf(
      (shown.length > 0 ? leadNotices(list) : emptyListNotices(counts, list))[0] ?? null,
      service,
      request,
    ),
    timings: { rankUs, presentUs },
  });
}

async function findSet(
  service: StreamService,
  body: JsonObject,
  list: ListSettings,
  signal: CancelSignal,
): Promise<StreamSet | Absence> {
  const { type, id } = body;
  if (id === undefined || id === null) return sampleSet();
  if (typeof type !== 'string' || typeof id !== 'string') {
    throw new AppError('request.bad-body', 'expected type and id as texts, or neither', {
      field: 'id',
    });
  }
  const query = service.query(encodeURIComponent(type), `${encodeURIComponent(id)}.json`);
  const { found } = await service.find(query, list.hiddenLevels, signal);
  return typeof found !== 'string' && found.rowCount === 0 ? 'none' : found;
}

function noticeOf(notice: Notice | null, service: StreamService, request: Request) {
  if (notice === null) return { notice: null };
  const { streams }: { readonly streams: readonly Stream[] } = JSON.parse(
    noticeBody([notice], service.addonName, `${request.baseUrl}/configure`).toString(),
  );
  const [row] = streams;
  return { notice: { name: row?.name ?? '', description: row?.description ?? '' } };
}

function reply(body: object): Reply {
  return jsonReply(Buffer.from(JSON.stringify(body)), 'no-store');
}
