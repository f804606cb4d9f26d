/** A premiere's chat: many viewers on one process, beside bare uWebSockets.js, and pages of long histories and lists. */
import { Agent, get, type RequestOptions } from 'node:http';
import { join } from 'node:path';
import { freePort } from '../../test/support/free-port.ts';
import { Speakers } from '../chat/speakers.ts';
import { Viewers } from '../chat/viewers.ts';
import { cpuMicrosOf, rssBytesOf } from '../harness/process-use.ts';
import { startServer, type ServerProcess } from '../harness/server-process.ts';
import { median, p95Of } from '../harness/statistics.ts';
import type { Check } from '../result.ts';
import { atLeast, atMost } from './figures.ts';
import type { Bench, Outcome, SpecialScenario } from './scenario.ts';
import { startScenarioServer } from './standard.ts';

const VIEWERS = 10_000;
const CROWD = 1000;
const LISTENING_S = 10;
const SLOW_PER_S = 20;
/** Times the crowd: 200,000 deliveries a second. */
const FAST_PER_S = 200;
const BYTES_PER_VIEWER_MAX = 20 * 1024;
const P95_MS_MAX = 50;
const DELIVERIES_PER_S_MIN = 200_000;
const SHARE_MIN = 0.6;
const MESSAGES = 10_000_000;
const RECORDINGS = 1_000_000;
const PAGES = 500;
const PAGE_MS_MAX = 3;
const FAR_SHARE_MAX = 2;

export const CHAT: SpecialScenario = {
  name: 'chat',
  description:
    '10,000 viewers of one chat on one process and 20 messages a second; 1,000 viewers and 200 messages beside bare uWebSockets.js; ' +
    'pages of 10 million messages and of a million recordings.',
  needs: { seed: false, redis: true },
  run,
};

async function run(bench: Bench): Promise<Outcome> {
  const checks: Check[] = [];
  {
    await using server = await start(bench);
    const path = await makeStream(server);
    checks.push(...(await premiere(bench, server, path)));
    checks.push(...(await besideBare(bench, server, path)));
  }
  {
    await using server = await start(bench);
    checks.push(...(await history(bench, server)), ...(await recordings(bench, server)));
  }
  return { phases: [], checks, warnings: [] };
}

function start({ data }: Bench): Promise<ServerProcess> {
  const environment = {
    LIVE_CREATION_OPEN: 'true',
    TRUSTED_PROXIES: '127.0.0.0/8',
    HTTP_IN_FLIGHT_MAX: '2000',
    ENABLE_BROWNOUT: 'false',
  };
  return startScenarioServer({ environment, needs: CHAT.needs }, data);
}

async function makeStream({ port }: ServerProcess): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/api/v1/live`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ title: 'Premiere' }),
  });
  const { id } = (await response.json()) as { readonly id: string };
  return `/api/v1/live/${id}/chat`;
}

async function premiere(
  bench: Bench,
  server: ServerProcess,
  path: string,
): Promise<readonly Check[]> {
  bench.progress(`${VIEWERS} viewers connect`);
  const { port, pid } = server;
  const before = rssBytesOf(pid);
  using viewers = await Viewers.open({ port, path, viewers: VIEWERS });
  using speakers = await Speakers.open(`ws://127.0.0.1:${port}${path}`, 2 * SLOW_PER_S);
  await speakers.speak(SLOW_PER_S, 2);
  await viewers.report();
  bench.progress(`${SLOW_PER_S} messages a second`);
  const said = await speakers.speak(SLOW_PER_S, LISTENING_S);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const { received, gone, refused, p95Ms } = await viewers.report();
  bench.progress(`${refused} upgrades were refused and granted later`);
  const bytes = (rssBytesOf(pid) - before) / VIEWERS;
  return [
    atLeast(`viewers of one process`, VIEWERS - gone, VIEWERS, ''),
    atLeast(`deliveries of ${said} messages, of all`, received / (said * VIEWERS), 1, '×'),
    atMost(
      `${SLOW_PER_S} messages/s to ${VIEWERS} viewers, p95 to delivery`,
      p95Ms,
      P95_MS_MAX,
      'ms',
    ),
    atMost('memory of a viewer', bytes / 1024, BYTES_PER_VIEWER_MAX / 1024, 'KB'),
  ];
}

interface Crowd {
  readonly perS: number;
  readonly microsEach: number;
}

async function crowd(port: number, pid: number, path: string, seconds: number): Promise<Crowd> {
  using viewers = await Viewers.open({ port, path, viewers: CROWD });
  using speakers = await Speakers.open(`ws://127.0.0.1:${port}${path}`, FAST_PER_S);
  await speakers.speak(FAST_PER_S, 1);
  await viewers.report();
  const cpu = cpuMicrosOf(pid);
  const startedAtMs = performance.now();
  await speakers.speak(FAST_PER_S, seconds);
  const { received } = await viewers.report();
  const elapsedS = (performance.now() - startedAtMs) / 1000;
  return { perS: received / elapsedS, microsEach: (cpuMicrosOf(pid) - cpu) / received };
}

/** Each beside the other, in turn: what the machine does meanwhile befalls both. */
async function besideBare(
  { settings, progress }: Bench,
  server: ServerProcess,
  path: string,
): Promise<readonly Check[]> {
  await using bare = await startBare();
  const ours: Crowd[] = [];
  const ceiling: Crowd[] = [];
  for (let round = 1; round <= settings.rounds; round++) {
    progress(
      `round ${round} of ${settings.rounds}: ${CROWD} viewers, ${FAST_PER_S} messages a second`,
    );
    ours.push(await crowd(server.port, server.pid, path, settings.roundS));
    ceiling.push(await crowd(bare.port, bare.pid, '/chat', settings.roundS));
  }
  const share = median(ceiling.map((one, at) => one.microsEach / (ours[at]?.microsEach ?? 0)));
  const rate = (crowds: readonly Crowd[]) => median(crowds.map(({ perS }) => perS));
  return [
    // A little less is said than asked for: the last turn of the clock.
    atLeast('deliveries a second', rate(ours), DELIVERIES_PER_S_MIN * 0.95, '/s'),
    atLeast(
      'deliveries a second, of bare uWebSockets.js',
      rate(ours) / rate(ceiling),
      SHARE_MIN,
      '×',
    ),
    atLeast('CPU of a bare delivery : its own', share, SHARE_MIN, '×'),
  ];
}

async function startBare(): Promise<ServerProcess> {
  const port = await freePort();
  const main = join(import.meta.dirname, '../chat/bare-main.js');
  const event = JSON.stringify({
    type: 'message',
    id: 1_000_000,
    author: 'Ada',
    author_id: 'a'.repeat(22),
    owner: false,
    text: 'TEXT',
    created_at: '2026-12-01T00:00:00.000000Z',
  });
  return await startServer([main, String(port), event], port, '/ready', {});
}

async function history(bench: Bench, server: ServerProcess): Promise<readonly Check[]> {
  const { data, progress } = bench;
  progress(`${MESSAGES} messages are made`);
  const path = await makeStream(server);
  const id = path.split('/')[4] ?? '';
  await data.sql.begin(async (sql) => {
    await sql.unsafe(
      "SET LOCAL session_replication_role = replica; SET LOCAL maintenance_work_mem = '512MB'",
    );
    await sql.unsafe('DROP INDEX chat_message_by_stream, chat_message_by_author');
    await sql.unsafe(`
      INSERT INTO chat_message (stream_id, author, author_id, text)
      SELECT CASE WHEN n % 2 = 0 THEN '${id}'::uuid ELSE md5((n % 1000)::text)::uuid END, 'Ada', lpad((n % 5000)::text, 22, 'x'),
        'message number ' || n FROM generate_series(1, ${MESSAGES}) AS n`);
    await sql.unsafe(`CREATE INDEX chat_message_by_stream ON chat_message (stream_id, id DESC) WHERE deleted_at IS NULL;
      CREATE INDEX chat_message_by_author ON chat_message (stream_id, author_id, created_at DESC)`);
  });
  await data.sql.unsafe('VACUUM ANALYZE chat_message');
  const [top] = await data.sql<{ id: number }[]>`SELECT max(id)::float8 AS id FROM chat_message`;
  const newest = top?.id ?? 0;
  await times(server, () => path, 50);
  const statements = (await data.counters()).sqlStatements;
  const newestMs = await times(server, () => path, PAGES);
  const asked = (await data.counters()).sqlStatements - statements;
  const farMs = await times(
    server,
    (nth) => `${path}?before_id=${Math.floor(newest - (nth * MESSAGES) / PAGES)}`,
    PAGES,
  );
  return [
    atMost(`page of ${MESSAGES} messages, p95`, p95Of(newestMs), PAGE_MS_MAX, 'ms'),
    atMost('page anywhere in them, p95', p95Of(farMs), PAGE_MS_MAX, 'ms'),
    atMost('statements a page', Math.round((asked / PAGES) * 10) / 10, 1, ''),
  ];
}

async function recordings(bench: Bench, server: ServerProcess): Promise<readonly Check[]> {
  const { data, progress } = bench;
  progress(`${RECORDINGS} recordings are made`);
  await data.sql.unsafe(`
    INSERT INTO live_stream (live_stream_id, title, owner, owner_key_hash, status, created_at)
    SELECT gen_random_uuid(), 'Recording ' || n, lpad((n % 1000)::text, 32, '0'), sha256(n::text::bytea), 'ended',
      timestamptz '2020-01-01' + make_interval(secs => n) FROM generate_series(1, ${RECORDINGS}) AS n`);
  await data.sql.unsafe('VACUUM ANALYZE live_stream');
  const skipped = 10_000 * 20;
  const [row] = await data.sql<{ key: string }[]>`
    SELECT to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || ',' || live_stream_id AS key
    FROM live_stream WHERE status = 'ended' ORDER BY created_at DESC, live_stream_id DESC OFFSET ${skipped} LIMIT 1`;
  const far = `/api/v1/vod?limit=20&after=${row?.key ?? ''}`;
  await times(server, () => far, 50);
  const farMs = median(await times(server, () => far, PAGES));
  const firstMs = median(await times(server, () => '/api/v1/vod?limit=20&after=', PAGES));
  const empty = await fetch(`http://127.0.0.1:${server.port}/api/v1/vod?page=999999&limit=20`);
  const { total } = (await empty.json()) as { readonly total: number };
  return [
    atMost('10,000th page of recordings : the first, median', farMs / firstMs, FAR_SHARE_MAX, '×'),
    atLeast('total on an empty page', total, RECORDINGS, ''),
  ];
}

/** Milliseconds of requests, one after the other. */
async function times(
  { port }: ServerProcess,
  path: (nth: number) => string,
  count: number,
): Promise<readonly number[]> {
  const taken: number[] = [];
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  for (let nth = 0; nth < count; nth++) {
    const startedAtMs = performance.now();
    const status = await statusOf({ port, host: '127.0.0.1', path: path(nth), agent });
    taken.push(performance.now() - startedAtMs);
    if (status !== 200) throw new Error(`${path(nth)} was answered ${status}`);
  }
  agent.destroy();
  return taken;
}

/** Once the whole body is there. Of node:http, which takes less of the times that are measured than `fetch`. */
function statusOf(options: RequestOptions): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get(options, (response) => {
      response.on('end', () => resolve(response.statusCode)).resume();
    }).on('error', reject);
  });
}
