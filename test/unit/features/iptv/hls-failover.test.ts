/** Playlists whose source says nothing: how long until the next one takes over. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChannelSource } from '../../../../src/features/iptv/contract.ts';
import { HlsChannel } from '../../../../src/features/iptv/proxy/hls-channel.ts';
import { HlsFetch } from '../../../../src/features/iptv/proxy/hls-fetch.ts';
import type { Patience } from '../../../../src/features/iptv/proxy/silence.ts';
import { NEVER_CANCELLED, type CancelSignal } from '../../../../src/lib/async/cancel.ts';
import { AppError } from '../../../../src/lib/errors.ts';
import type { Fetcher } from '../../../../src/platform/fetch/fetcher.ts';

const FAILOVER_MS = 3000;

function source(sourceId: number): ChannelSource {
  return {
    sourceId,
    provider: 'One',
    providerId: sourceId,
    url: `http://one.example/${sourceId}.m3u8`,
    storedUrl: `http://one.example/${sourceId}.m3u8`,
    quality: 0,
    catchupType: '',
    catchupSource: '',
    userAgent: '',
    referrer: '',
    properties: [],
    mode: 'proxy',
    slotsMax: 0,
    confidence: null,
    isDown: false,
    failure: '',
    checkedAt: null,
    seenAt: null,
  };
}

/** Playlists of sources; `silent` ones take all the time that they are given, by a clock of this test. */
function channelOf(silent: ReadonlySet<number>) {
  const clock = { nowMs: 0 };
  const playlist = (url: string, { sourceId }: ChannelSource, { startMs }: Patience) => {
    if (silent.has(sourceId)) {
      clock.nowMs += startMs;
      return Promise.reject(new AppError('fetch.timeout', 'too late'));
    }
    const text = `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n${sourceId}.ts\n`;
    return Promise.resolve({ bytes: Buffer.from(text), contentType: '', url });
  };
  const slot = { [Symbol.asyncDispose]: () => Promise.resolve() };
  const parts = {
    hls: { playlist },
    channelSlots: { take: () => Promise.resolve(slot) },
    counts: { failovers: 0 },
  };
  const channel = new HlsChannel(parts, 'one');
  return { channel, clock };
}

const direct = () => (url: string) => url;

test('the next source takes over inside 3 s, and then at once', async () => {
  const silent = new Set<number>();
  const { channel, clock } = channelOf(silent);
  const sources = [source(1), source(2)];
  const { url } = await channel.entry(sources, NEVER_CANCELLED);
  const media = async () => (await channel.media(url, 1, sources, direct, NEVER_CANCELLED)).text;
  assert.match(await media(), /\/1\.ts/);
  silent.add(1);
  assert.match(await media(), /\/2\.ts/);
  assert.ok(clock.nowMs > 0 && clock.nowMs < FAILOVER_MS, `${clock.nowMs} ms`);
  const tookMs = clock.nowMs;
  assert.match(await media(), /\/2\.ts/);
  assert.equal(clock.nowMs, tookMs);
});

test(
  'a segment that stops coming is given up, before or within it',
  { timeout: 10_000 },
  async () => {
    for (const beginning of [null, Buffer.from('some')]) {
      const fetchBytes = (_url: string, { signal, onBody }: Asked) =>
        new Promise<never>((_resolve, reject) => {
          if (beginning !== null) onBody(beginning, 'video/mp2t');
          signal.addEventListener('abort', () => reject(signal.reason));
        });
      const hls = new HlsFetch({ fetchBytes } as unknown as Fetcher);
      const patience = { startMs: 20, silenceMs: 20 };
      const url = 'http://one.example/1.ts';
      await assert.rejects(hls.segment(url, source(1), patience, NEVER_CANCELLED), {
        code: 'iptv.source-failed',
      });
    }
  },
);

interface Asked {
  readonly signal: CancelSignal;
  readonly onBody: (piece: Buffer, contentType: string) => void;
}
