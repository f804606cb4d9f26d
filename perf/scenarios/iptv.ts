/** Television: 200 viewers of one channel through the server, and lists and guides of viewers as they go out. */
import { PERF_SECRET_KEY } from '../install-tokens.ts';
import { rssBytesOf, cpuMicrosOf } from '../harness/process-use.ts';
import type { ServerProcess } from '../harness/server-process.ts';
import { startBareCopy } from '../iptv/bare-list.ts';
import {
  addTelevision,
  GUIDE_CHANNELS,
  LIST_CHANNELS,
  type Television,
} from '../iptv/television.ts';
import { startTestStream, type TestStream } from '../iptv/test-stream.ts';
import { Viewers } from '../iptv/viewers.ts';
import type { Check } from '../result.ts';
import { atLeast, atMost } from './figures.ts';
import type { Bench, Outcome, SpecialScenario } from './scenario.ts';
import { startScenarioServer } from './standard.ts';

const VIEWERS = 200;
const BITS_PER_S = 8_000_000;
const LEAD_IN_MS = 5000;
const WATCH_MS = 15_000;
const SHARE_MIN = 0.95;
const LISTS = 20;
const KEY = 'perf-key';
const MB = 1e6;

export const IPTV: SpecialScenario = {
  name: 'iptv',
  description:
    `${VIEWERS} viewers of one channel of 8 Mbit/s through the server, one of them stalled; an M3U of ${LIST_CHANNELS} channels beside ` +
    `a bare server; a week of guide of ${GUIDE_CHANNELS} channels.`,
  needs: { seed: false, redis: false },
  run,
};

async function run(bench: Bench): Promise<Outcome> {
  await using stream = await startTestStream(BITS_PER_S);
  await using server = await startScenarioServer(
    {
      needs: IPTV.needs,
      environment: {
        SECRET_KEY: PERF_SECRET_KEY,
        API_PASSWORD: KEY,
        FETCH_ALLOW_PRIVATE: '127.0.0.1',
        WORKER_SINGLE_MODE: 'false',
      },
    },
    bench.data,
  );
  const television = await addTelevision(bench.data.sql, server.port, KEY, stream.url);
  return {
    phases: [],
    checks: [
      ...(await proxied(bench, server, television, stream)),
      ...(await outputs(bench, server, television)),
    ],
    warnings: [],
  };
}

async function proxied(
  { progress }: Bench,
  server: ServerProcess,
  { channelPath }: Television,
  stream: TestStream,
): Promise<readonly Check[]> {
  const idleBytes = rssBytesOf(server.pid);
  using viewers = await Viewers.open(server.port, channelPath, VIEWERS);
  progress(`${VIEWERS} viewers watch`);
  await after(LEAD_IN_MS);
  viewers.stallOne();
  viewers.forget();
  const from = { cpu: cpuMicrosOf(server.pid), atMs: performance.now() };
  let peakBytes = 0;
  while (performance.now() - from.atMs < WATCH_MS) {
    await after(500);
    peakBytes = Math.max(peakBytes, rssBytesOf(server.pid));
  }
  const elapsedMs = performance.now() - from.atMs;
  const cores = (cpuMicrosOf(server.pid) - from.cpu) / 1000 / elapsedMs;
  const expected = (BITS_PER_S / 8 / 1000) * elapsedMs;
  return [
    atMost('proxy: upstream connections', stream.connections, 1, 'connections'),
    atMost('proxy: cores', cores, 1, 'cores'),
    atMost('proxy: memory beyond idle', (peakBytes - idleBytes) / MB, 64, 'MB'),
    atLeast(
      'proxy: least that a viewer got, beside a stalled one',
      viewers.leastBytes / expected,
      SHARE_MIN,
      '×',
    ),
  ];
}

async function outputs(
  { progress }: Bench,
  server: ServerProcess,
  { listPath, guidePath }: Television,
): Promise<readonly Check[]> {
  progress('reading lists');
  const own = await rate(server.port, listPath);
  await using bare = await startBareCopy(server.port, listPath);
  const ceiling = await rate(bare.port, '/playlist.m3u');
  progress('reading a guide');
  const idleBytes = rssBytesOf(server.pid);
  let peakBytes = idleBytes;
  const timer = setInterval(() => {
    peakBytes = Math.max(peakBytes, rssBytesOf(server.pid));
  }, 100);
  const from = performance.now();
  const bytes = await drained(server.port, guidePath);
  clearInterval(timer);
  const elapsedS = (performance.now() - from) / 1000;
  progress(`guide: ${Math.round(bytes / MB)} MB in ${elapsedS.toFixed(1)} s`);
  return [
    atLeast('list: bytes/s : bare server', own / ceiling, 0.5, '×'),
    atLeast('guide: megabytes', bytes / MB, 50, 'MB'),
    atMost('guide: memory beyond idle', (peakBytes - idleBytes) / MB, 20, 'MB'),
  ];
}

/** Bytes a second of lists that are warm. */
async function rate(port: number, path: string): Promise<number> {
  await drained(port, path);
  const from = performance.now();
  let bytes = 0;
  for (let count = 0; count < LISTS; count++) bytes += await drained(port, path);
  return bytes / (performance.now() - from);
}

async function drained(port: number, path: string): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    headers: { 'accept-encoding': 'identity' },
  });
  if (response.status !== 200 || response.body === null)
    throw new Error(`${path.slice(-20)} was answered ${response.status}`);
  let bytes = 0;
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>)
    bytes += chunk.byteLength;
  return bytes;
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
