/** The parts of the proxy, put together. */
import type { MetricFamily } from '../../../lib/metrics/metric-family.ts';
import type { KeyRing } from '../../../lib/install-token/key-ring.ts';
import type { Platform } from '../../../platform/platform.ts';
import type { Upkeep } from '../../feature.ts';
import type { SourceSignals } from '../health/signals.ts';
import { ChannelProxy } from './channel-routes.ts';
import { ChannelSlots } from './channel-slots.ts';
import { ChannelStreams } from './channel-streams.ts';
import { HlsAddresses } from './hls-address.ts';
import { HlsFetch } from './hls-fetch.ts';
import { HlsRelay } from './hls-routes.ts';
import { HlsViewers } from './hls-viewers.ts';
import { proxyFamilies, type ProxyCounts } from './proxy-metrics.ts';
import { SlotLedger } from './slots.ts';
import { ProxyStore } from './store.ts';
import { Throttles } from './throttle.ts';
import { Watches } from './watches.ts';

export interface OpenProxy extends AsyncDisposable {
  readonly slots: SlotLedger;
  readonly proxy: ChannelProxy;
  readonly relay: HlsRelay;
  readonly metrics: readonly MetricFamily[];
  readonly upkeep: Upkeep;
}

/** A quarter of the time that leases last. */
const RENEW_MS = 5000;

/** @param learnt is told how sources played */
export function openProxy(
  { database, fetcher, logger }: Platform,
  ring: KeyRing,
  learnt: SourceSignals,
): OpenProxy {
  const store = new ProxyStore(database);
  const own = logger.child({ feature: 'iptv' });
  const counts: ProxyCounts = { connections: 0, viewers: 0, failovers: 0, skips: 0 };
  const slots = new SlotLedger({ store, logger: own });
  const watches = new Watches({ store, logger: own });
  const streams = new ChannelStreams({ fetcher, slots, learnt, counts, logger: own });
  const throttles = new Throttles();
  const relay = new HlsRelay({
    hls: new HlsFetch(fetcher),
    addresses: new HlsAddresses(ring),
    viewers: new HlsViewers(watches),
    slots,
    channelSlots: new ChannelSlots(slots),
    throttles,
    counts,
  });
  return {
    slots,
    proxy: new ChannelProxy({ streams, watches, throttles, counts }),
    relay,
    metrics: proxyFamilies(counts),
    upkeep: {
      name: 'iptv streams',
      everyMs: RENEW_MS,
      timeoutMs: RENEW_MS,
      run: async (signal) => {
        await slots.renew(signal);
        await watches.renew(signal);
        await relay.sweep();
      },
    },
    [Symbol.asyncDispose]: async () => {
      await relay[Symbol.asyncDispose]();
      await streams[Symbol.asyncDispose]();
    },
  };
}
