/** `?trace=1`: why each stream of a title is shown or not, for the owner of the configuration. */
import { Buffer } from 'node:buffer';
import { jsonReply } from '../../http/json-reply.ts';
import { TIER_BITS, type Reply, type Request } from '../../http/route.ts';
import type { UserContexts } from '../configure/contract.ts';
import type { ListSettings } from './contract.ts';
import { explain, type Explanation } from './explain.ts';
import type { StreamQuery } from './resolve.ts';
import type { StreamService } from './service.ts';

export interface TraceRequest {
  readonly request: Request;
  readonly query: StreamQuery;
  readonly settings: ListSettings;
}

/** @throws AppError `profile.wrong-key` for a stored profile without its owner's key */
export async function traceReply(service: StreamService, contexts: UserContexts, asked: TraceRequest): Promise<Reply> {
  const { request, query, settings } = asked;
  const { signal } = request;
  await contexts.authorizeOwner(request.parameters[0] ?? '', request);
  const startedAt = performance.now();
  const { found, tiers } = await service.find(query, settings.hiddenLevels, signal);
  for (const tier of tiers) request.tiers |= TIER_BITS[tier];
  const findUs = elapsedUs(startedAt);
  const head = { id: query.key, cacheTiers: { title: tiers[0] ?? null, streams: tiers[1] ?? null } };
  if (typeof found === 'string') return reply({ ...head, absence: found, timings: { findUs } });
  const { nameFilter } = settings;
  const matchStartedAt = performance.now();
  const matches = nameFilter === null ? null : await service.nameMatches.load(found, nameFilter, signal);
  const nameFilterUs = elapsedUs(matchStartedAt);
  const explanation: Explanation = explain(found, settings, matches);
  const presentStartedAt = performance.now();
  const { shown } = explanation;
  const bodyBytes = service.present(found, shown, shown.length, settings).byteLength;
  return reply({
    ...head,
    total: found.rowCount,
    shown: shown.length,
    droppedByRule: explanation.droppedByRule,
    bodyBytes,
    timings: { findUs, nameFilterUs, rankUs: explanation.rankUs, presentUs: elapsedUs(presentStartedAt) },
    streams: explanation.verdicts,
  });
}

function elapsedUs(startedAt: number): number {
  return Math.round((performance.now() - startedAt) * 1000);
}

function reply(trace: object): Reply {
  return jsonReply(Buffer.from(JSON.stringify({ trace })), 'no-store');
}
