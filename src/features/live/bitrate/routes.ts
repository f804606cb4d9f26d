/** HTTP of a stream's bitrate: for its owner, and for the operator. */
import { Buffer } from 'node:buffer';
import { jsonReply } from '../../../http/json-reply.ts';
import type { Reply, Request, Route } from '../../../http/route.ts';
import type { InstanceAccess } from '../../access/contract.ts';
import { OWNER_KEY_HEADER, ownerKeyOf } from '../../configure/contract.ts';
import type { OwnedStreams } from '../streams.ts';
import type { Bitrates } from './bitrates.ts';
import type { BitrateStore } from './store.ts';

export interface BitrateRouteParts {
  readonly streams: OwnedStreams;
  readonly bitrates: Bitrates;
  readonly store: Pick<BitrateStore, 'minutes'>;
  readonly access: Pick<InstanceAccess, 'isOperator'>;
  /** Deadline of a request in milliseconds. */
  readonly timeoutMs: number;
}

const MINUTES_SHOWN = 60;
const NOTHING = {
  currentBps: 0,
  averageBps: 0,
  peakBps: 0,
  segments: 0,
  drops: 0,
  renditions: [],
  seconds: [],
};

export function bitrateRoutes(parts: BitrateRouteParts): readonly Route[] {
  return [
    {
      pattern: '/api/v1/live/:id/bitrate',
      name: 'live-bitrate',
      access: 'private',
      traffic: 'control',
      cachePolicy: 'no-store',
      timeoutMs: parts.timeoutMs,
      requestHeaders: [OWNER_KEY_HEADER, 'x-api-key', 'authorization'],
      handler: (request) => bitrateOf(parts, request),
    },
  ];
}

async function bitrateOf(parts: BitrateRouteParts, request: Request): Promise<Reply> {
  const { streams, bitrates, store, access } = parts;
  const [id = ''] = request.parameters;
  const key = ownerKeyOf(request);
  const stream =
    key === '' && access.isOperator(request)
      ? await streams.get(id, request.signal)
      : await streams.owned(id, key, request.signal);
  const snapshot = bitrates.snapshot(stream.id);
  const minutes = await store.minutes(stream.id, MINUTES_SHOWN, request.signal);
  const body = { id: stream.id, isMeasured: snapshot !== null, ...(snapshot ?? NOTHING), minutes };
  return jsonReply(Buffer.from(JSON.stringify(body)), 'no-store');
}
