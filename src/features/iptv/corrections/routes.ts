/** `/api/v1/iptv/channels/{id}/…`: channels that a person merges and splits, and sources that they put in order. */
import { z } from 'zod';
import { adminRoute } from '../../../http/admin-route.ts';
import type { Route } from '../../../http/route.ts';
import { AppError } from '../../../lib/errors.ts';
import { bodyOf } from '../routes.ts';
import type { CorrectionStore } from './store.ts';

const BODY_BYTES_MAX = 64 * 1024;
const TIMEOUT_MS = 60_000;
const MERGE = z.strictObject({ channels: z.array(z.string().max(16)).min(1).max(1000) });
const SPLIT = z.strictObject({
  sources: z.array(z.number().int().positive()).min(1).max(50),
  name: z.string().trim().max(500).default(''),
});

const ORDER = z.strictObject({
  sources: z
    .array(z.number().int().positive())
    .max(50)
    .refine((ids) => new Set(ids).size === ids.length, 'each source once'),
});

export function correctionRoutes(store: CorrectionStore): readonly Route[] {
  return [
    adminRoute({
      name: 'iptv-merge-channels',
      pattern: '/api/v1/iptv/channels/:id/merge',
      method: 'POST',
      bodyBytesMax: BODY_BYTES_MAX,
      timeoutMs: TIMEOUT_MS,
      answer: async (request) => {
        const { channels } = bodyOf(request, MERGE);
        const [id = ''] = request.parameters;
        const merged = await store.mergeChannels(id, channels, request.signal);
        if (merged > 0) return { status: 'merged', channel: id, merged };
        throw new AppError(
          'iptv.no-channel',
          'channels: expected ids of other channels of the same kind as that of the address',
          { field: 'channels' },
        );
      },
    }),
    adminRoute({
      name: 'iptv-split-channel',
      pattern: '/api/v1/iptv/channels/:id/split',
      method: 'POST',
      bodyBytesMax: BODY_BYTES_MAX,
      timeoutMs: TIMEOUT_MS,
      answer: async (request) => {
        const { sources, name } = bodyOf(request, SPLIT);
        const [id = ''] = request.parameters;
        const channel = await store.splitChannel(id, sources, name, request.signal);
        if (channel !== null) return { status: 'split', channel };
        throw new AppError(
          'iptv.no-channel',
          'sources: expected some sources of the channel, by their sourceId, and not all of them',
          { field: 'sources' },
        );
      },
    }),
    adminRoute({
      name: 'iptv-order-sources',
      pattern: '/api/v1/iptv/channels/:id/order',
      method: 'PUT',
      bodyBytesMax: BODY_BYTES_MAX,
      timeoutMs: TIMEOUT_MS,
      answer: async (request) => {
        const { sources } = bodyOf(request, ORDER);
        const [id = ''] = request.parameters;
        if (await store.orderSources(id, sources, request.signal))
          return { status: 'ordered', channel: id, sources };
        throw new AppError(
          'iptv.no-channel',
          'sources: expected sources of the channel, by their sourceId',
          { field: 'sources' },
        );
      },
    }),
  ];
}
