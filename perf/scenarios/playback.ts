/** Links that are known, a crowd that asks for one that is not, and lists with services beside lists without. */
import { HEAVY_TITLE } from '../ceiling-cases.ts';
import type { ServerProcess } from '../harness/server-process.ts';
import { heavyTitleIds } from '../harness/bench-data.ts';
import { PERF_SECRET_KEY } from '../install-tokens.ts';
import { startBareRedirect } from '../playback/bare-copy.ts';
import { askAsCrowd } from '../playback/crowd.ts';
import { linkPath, listOf } from '../playback/links.ts';
import { CALL_MS, FakeServices, installsWithout } from '../playback/services.ts';
import type { Check } from '../result.ts';
import { atLeast, atMost, p95Ms, requestsPerS } from './figures.ts';
import { cpuMicros, medianRatio, runInTurn } from './in-turn.ts';
import { distinctInstalls, HEAVY_STREAM_PATH } from './paths.ts';
import { RATE_MAX, runPhase, warningsOf, type Target } from './phases.ts';
import type { Bench, Outcome, Phase, Requests, SpecialScenario } from './scenario.ts';
import { startScenarioServer } from './standard.ts';

const CROWD = 500;
const CROWD_ROUNDS = 5;
const CROWD_LATE_MS_MAX = 50;
const DEADLINE_MS = 800;
/** Of the machine, beside the deadline. */
const SLACK_MS = 100;
const CEILING_SHARE_MIN = 0.4;
const P95_MS_MAX = 3;
const LIST_SHARE_MAX = 1.1;
const USERS = 300;
/** More than answers are kept for. */
const OWN_USERS = 1000;
const GZIP = { 'Accept-Encoding': 'gzip' };

export const PLAYBACK: SpecialScenario = {
  name: 'playback',
  description:
    'Three debrid services: a link that is known, beside a bare server; 500 clients over two processes ask for one that is not; ' +
    'lists with 200 torrents and services, beside lists without.',
  needs: { seed: false, redis: true },
  run,
};

type Measured = Pick<Outcome, 'checks'> & { readonly phases: readonly Phase[] };

async function run(bench: Bench): Promise<Outcome> {
  await bench.data.emptyRedis();
  await using services = await FakeServices.start();
  const parts: Measured[] = [];
  {
    await using server = await startWith(bench, services, {});
    parts.push(await cachedLink(bench, services, server), await lists(bench, services, server));
    parts.push(await hangingService(bench, services, server));
  }
  {
    await using server = await startWith(bench, services, {
      HTTP_PROCESSES: '2',
      HTTP_IN_FLIGHT_MAX: String(4 * CROWD),
    });
    parts.push({ phases: [], checks: await crowds(bench, services, server) });
  }
  const phases = parts.flatMap((part) => part.phases);
  return {
    phases: phases.map(({ result }) => result),
    checks: parts.flatMap(({ checks }) => checks),
    warnings: phases.flatMap(warningsOf),
  };
}

function startWith(
  { data }: Bench,
  services: FakeServices,
  more: Readonly<Record<string, string>>,
): Promise<ServerProcess> {
  const environment = {
    SECRET_KEY: PERF_SECRET_KEY,
    DEBRID_CHECK_DEADLINE_MS: String(DEADLINE_MS),
    ...services.environment,
    ...more,
  };
  return startScenarioServer({ environment, needs: PLAYBACK.needs }, data);
}

function targetOf(server: ServerProcess, requests: Requests): Target {
  return { server, requests, needs: PLAYBACK.needs, position: 0 };
}

async function cachedLink(
  bench: Bench,
  services: FakeServices,
  server: ServerProcess,
): Promise<Measured> {
  bench.progress('a link is made');
  const [install = ''] = services.installs(1, 'viewer', ['torbox']);
  const path = await linkPath(server, install, services.cloud.cached.infohash);
  const [answer] = await askAsCrowd(server.port, path, 1);
  if (answer?.location.includes('Sintel') !== true)
    throw new Error(`the film does not play: ${answer?.location ?? 'no answer'}`);
  await using bare = await startBareRedirect(server, path);
  const requests = { paths: [path] };
  const target = targetOf(server, requests);
  const [cached, ceiling] = await runInTurn(
    bench,
    [
      { name: 'cached link', target },
      { name: 'bare redirect', target: targetOf(bare, requests) },
    ],
    { rounds: bench.settings.rounds, warmUpS: 2 },
  );
  if (cached === undefined || ceiling === undefined) throw new Error('a side is missing');
  const half = Math.floor(Math.min(requestsPerS(cached.result) / 2, RATE_MAX));
  const name = 'cached link, latency at half of capacity';
  const latency = await runPhase(bench, target, { name, loop: 'open', ratePerS: half });
  const share = medianRatio(cached, ceiling, (round) => round.requestsPerS);
  return {
    phases: [cached, ceiling, latency],
    checks: [
      atLeast('cached link, req/s : bare redirect', share, CEILING_SHARE_MIN, '×'),
      atLeast(
        'cached link, CPU of a bare redirect : its own',
        medianRatio(ceiling, cached, cpuMicros),
        CEILING_SHARE_MIN,
        '×',
      ),
      atMost('cached link, p95 at half of capacity', p95Ms(latency.result), P95_MS_MAX, 'ms'),
    ],
  };
}

/** 200 torrents, which each of three services was asked for. @throws Error when marks are missing */
async function lists(
  bench: Bench,
  services: FakeServices,
  server: ServerProcess,
): Promise<Measured> {
  const installs = { with: services.installs(USERS, 'lister'), without: installsWithout(USERS) };
  const [first = ''] = installs.with;
  const { body } = await listOf(server.port, first + HEAVY_STREAM_PATH);
  for (const mark of ['TRB ⚡', 'PM ⚡', 'OC ⚡'])
    if (!body.includes(mark)) throw new Error(`no ${mark} in ${body.slice(0, 300)}`);
  const side = (name: string, users: readonly string[], more: Omit<Requests, 'paths'> = {}) => ({
    name,
    target: targetOf(server, { paths: users.map((one) => one + HEAVY_STREAM_PATH), ...more }),
  });
  const phases = await runInTurn(
    bench,
    [
      side('warm list, no service', installs.without.slice(0, 1), { headers: GZIP }),
      side('warm list, three services', installs.with.slice(0, 1), { headers: GZIP }),
      side(`warm list, no service, ${USERS} users`, installs.without, { headers: GZIP }),
      side(`warm list, three services, ${USERS} users`, installs.with, { headers: GZIP }),
      side('list, no service, own settings', distinctInstalls(OWN_USERS), { headers: GZIP }),
      side('list, three services, own settings', services.distinctInstalls(OWN_USERS, 'chooser'), {
        headers: GZIP,
      }),
    ],
    { rounds: bench.settings.rounds, warmUpS: 3 },
  );
  const [without, withServices] = phases;
  if (without === undefined || withServices === undefined) throw new Error('a side is missing');
  const ratio = medianRatio(withServices, without, cpuMicros);
  return {
    phases,
    checks: [atMost('CPU of a warm list, three services : none', ratio, LIST_SHARE_MAX, '×')],
  };
}

/** Of titles whose torrents were not asked for before; one of the three services never answers. */
async function hangingService(
  bench: Bench,
  services: FakeServices,
  server: ServerProcess,
): Promise<Measured> {
  bench.progress('a service hangs');
  const [install = ''] = services.installs(1, 'patient');
  const titles = heavyTitleIds().filter((id) => id !== HEAVY_TITLE);
  await listOf(server.port, `${install}/stream/movie/${titles[0] ?? ''}.json`);
  services.treat('torbox', { fault: { kind: 'hang' } });
  const elapsedMs: number[] = [];
  for (const id of titles.slice(1, 6)) {
    const list = await listOf(server.port, `${install}/stream/movie/${id}.json`);
    elapsedMs.push(list.elapsedMs);
    if (!list.body.includes('PM ⚡')) throw new Error('what is well was not waited for');
  }
  services.treat('torbox', { latency: CALL_MS });
  const name = 'a list while a service hangs, slowest of five';
  return {
    phases: [],
    checks: [atMost(name, Math.max(...elapsedMs), DEADLINE_MS + SLACK_MS, 'ms')],
  };
}

/** Each time a user whose link nobody has made; how many calls one alone takes was counted before. */
async function crowds(
  bench: Bench,
  services: FakeServices,
  server: ServerProcess,
): Promise<readonly Check[]> {
  const { infohash } = services.cloud.cached;
  const [alone = '', ...others] = services.installs(CROWD_ROUNDS + 1, 'crowd', ['torbox']);
  const resolve = async (install: string, clients: number) => {
    const path = await linkPath(server, install, infohash);
    const before = services.callsOf('torbox').length;
    const answers = await askAsCrowd(server.port, path, clients);
    const calls = services.callsOf('torbox').slice(before);
    const endedAtMs = Math.max(...calls) + CALL_MS;
    const lateMs = Math.max(...answers.map(({ atMs }) => atMs)) - endedAtMs;
    const isRight = answers.every(({ location }) => location.includes('Sintel'));
    return { calls: calls.length, lateMs, isRight };
  };
  const single = await resolve(alone, 1);
  const rounds: (typeof single)[] = [];
  for (const [at, install] of others.entries()) {
    bench.progress(`crowd ${at + 1} of ${CROWD_ROUNDS}`);
    rounds.push(await resolve(install, CROWD));
  }
  const calls = Math.max(...rounds.map((round) => round.calls));
  const late = Math.max(...rounds.map(({ lateMs }) => lateMs));
  const wrong = rounds.filter(({ isRight }) => !isRight).length;
  return [
    atMost(`calls for ${CROWD} clients over two processes : for one`, calls / single.calls, 1, '×'),
    atMost('their last answer after the last call', late, CROWD_LATE_MS_MAX, 'ms'),
    atMost('crowds of which somebody was led elsewhere', wrong, 0, 'crowds'),
  ];
}
