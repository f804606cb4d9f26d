/** Whether those who watch notice that others ask for more than there is: cold titles, posters and catalogues at five times the capacity. */
import type { BenchData } from '../harness/bench-data.ts';
import type { ServerProcess } from '../harness/server-process.ts';
import { PERF_SECRET_KEY } from '../install-tokens.ts';
import { askAsCrowd } from '../playback/crowd.ts';
import { linkPath } from '../playback/links.ts';
import { FakeServices } from '../playback/services.ts';
import type { PhaseResult } from '../result.ts';
import { Random } from '../seed/random.ts';
import { atLeast, atMost, medianOf, p95Ms, requestsPerS } from './figures.ts';
import { distinctInstalls, heavyStreamPaths, seededTitles, streamPath } from './paths.ts';
import { runPhase, warmUp, warningsOf, type Target } from './phases.ts';
import { recovered } from './recovery.ts';
import type { Bench, Outcome, Requests, SpecialScenario } from './scenario.ts';
import { startScenarioServer } from './standard.ts';
import { STEADY_RATE_PER_S, runWithControlClient } from './with-control-client.ts';

const FACTOR = 5;
const OVERLOAD_S = 12;
const LEAD_IN_S = 3;
const CONNECTIONS = 512;
const CONNECTIONS_MAX = 2048;
const RECOVERY_SHARE = 0.3;
const RECOVERY_S = 10;
const SUCCEEDED_MIN = 0.99;
const SLOWER_MAX = 3;
/** Of twelve requests; the rest are cold titles. */
const CATALOGS = 3;
const POSTERS = 1;
const OF = 12;
const INSTALLS = 200;

export const BROWNOUT: SpecialScenario = {
  name: 'brownout',
  description:
    'Cold titles, posters and catalogues at five times the capacity, beside links that play and lists that are warm.',
  needs: { seed: true, redis: false },
  run,
};

async function run(bench: Bench): Promise<Outcome> {
  await using services = await FakeServices.start();
  await using server = await startScenarioServer(
    {
      environment: { SECRET_KEY: PERF_SECRET_KEY, ...services.environment },
      needs: BROWNOUT.needs,
    },
    bench.data,
  );
  const target = (requests: Requests): Target => ({
    server,
    requests,
    needs: BROWNOUT.needs,
    position: 0,
  });
  const steady = target(await steadyRequests(services, server));
  const others = target(await otherRequests(bench.data));
  await warmUp(bench, steady, 3);
  await warmUp(bench, others, 3);
  const capacity = await runPhase(bench, others, { name: 'others: capacity', loop: 'closed' });
  const alone = await runPhase(bench, steady, {
    name: 'steady, alone',
    loop: 'open',
    ratePerS: STEADY_RATE_PER_S,
  });
  const { load, control } = await runWithControlClient(bench, others, {
    name: `others: ${FACTOR} × capacity`,
    loop: 'open',
    ratePerS: Math.floor(requestsPerS(capacity.result) * FACTOR),
    connections: CONNECTIONS,
    connectionsMax: CONNECTIONS_MAX,
    roundS: OVERLOAD_S,
    leadInS: LEAD_IN_S,
    controlRequests: steady.requests,
  });
  const after = await runPhase(bench, others, {
    name: `others: after ${FACTOR} × capacity`,
    loop: 'open',
    ratePerS: Math.floor(requestsPerS(capacity.result) * RECOVERY_SHARE),
    rounds: 1,
    roundS: RECOVERY_S,
  });
  const phases = [capacity, alone, load, control, after];
  return {
    phases: phases.map(({ result }) => result),
    checks: [
      atLeast('steady beside 5 ×: succeeded', succeededShare(control.result), SUCCEEDED_MIN, ''),
      atMost(
        'steady beside 5 ×: p95 : alone',
        p95Ms(control.result) / p95Ms(alone.result),
        SLOWER_MAX,
        '×',
      ),
      recovered('others', after.result),
    ],
    warnings: phases.flatMap(warningsOf),
  };
}

function succeededShare(phase: PhaseResult): number {
  return medianOf(
    phase,
    ({ succeeded, shed, failed }) => succeeded / Math.max(1, succeeded + shed + failed),
  );
}

/** A link that is known, and lists that are: as many of each. */
async function steadyRequests(services: FakeServices, server: ServerProcess): Promise<Requests> {
  const [viewer = ''] = services.installs(1, 'viewer', ['torbox']);
  const link = await linkPath(server, viewer, services.cloud.cached.infohash);
  await askAsCrowd(server.port, link, 1);
  const lists = heavyStreamPaths();
  const paths = distinctInstalls(INSTALLS).flatMap((install, index) => [
    link,
    install + (lists[index % lists.length] ?? ''),
  ]);
  return { paths, headers: { 'Accept-Encoding': 'gzip' } };
}

/** Each once, as far as there are titles: nothing of it is at hand. */
async function otherRequests(data: BenchData): Promise<Requests> {
  const random = new Random(41);
  const titles = await seededTitles(data);
  const paths = titles.map((title, index) => {
    const place = index % OF;
    if (place < POSTERS) return `/poster/${title.type}/${title.imdbId}.jpg`;
    if (place >= POSTERS + CATALOGS) return streamPath(title, random);
    const page = Math.floor(index / OF) * CATALOGS + place;
    return `/catalog/${title.type}/latest/skip=${page * 100}.json`;
  });
  return { paths, headers: { 'Accept-Encoding': 'gzip' } };
}
