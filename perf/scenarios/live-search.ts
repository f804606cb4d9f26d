/** Titles that were never searched for, six sources of which three are well, and what a search costs afterwards. */
import { setTimeout as pause } from 'node:timers/promises';
import { heavyTitleIds } from '../harness/bench-data.ts';
import type { ServerProcess } from '../harness/server-process.ts';
import { median } from '../harness/statistics.ts';
import { installTokens, PERF_SECRET_KEY } from '../install-tokens.ts';
import {
  FAST,
  Indexers,
  infohashOf,
  WELL,
  type IndexerName,
  type SearchedTitle,
} from '../live-search/sources.ts';
import type { Check } from '../result.ts';
import { atLeast, atMost } from './figures.ts';
import { cpuMicros, medianRatio, runInTurn } from './in-turn.ts';
import { warningsOf, type Target } from './phases.ts';
import type { Bench, Outcome, Phase, SpecialScenario } from './scenario.ts';
import { startScenarioServer } from './standard.ts';

const DEADLINE_MS = 2500;
const LATE_MS_MAX = 100;
const COLD_TITLES = 24;
/** Within what a source is asked: 60 calls a minute, four at a time; a search by id and name is two. */
const COLD_EVERY_MS = 3000;
/** The slow source needs twice 5 s, the one that hangs is given up after 30. */
const SETTLE_MS = 15_000;
const CALLS_MAX = 20;
const RECOVERY_S_MAX = 10;
const RECOVERY_EVERY_MS = 500;
const WARM_SHARE = 0.05;
/** Rounds in turn with and without. */
const WARM_ROUNDS = 6;

export const LIVE_SEARCH: SpecialScenario = {
  name: 'live-search',
  description:
    'Six sources (three at 200 ms, one at 5 s, one hanging, one failing): cold titles, breakers, and warm requests beside a server without sources.',
  needs: { seed: false, redis: true },
  run,
};

async function run(bench: Bench): Promise<Outcome> {
  const titles = await searchedTitles(bench);
  await using indexers = await Indexers.start(titles);
  await bench.data.emptyRedis();
  await bench.data.sql`TRUNCATE title_search`;
  const environment = { SECRET_KEY: PERF_SECRET_KEY };
  const { needs } = LIVE_SEARCH;
  await using plain = await startScenarioServer(
    { environment: { ...environment, REDIS_KEY_PREFIX: 'plain:' }, needs },
    bench.data,
  );
  await using server = await startScenarioServer(
    {
      environment: {
        ...environment,
        TORZNAB_SOURCES: indexers.variable,
        LIVE_SEARCH_DEADLINE_MS: String(DEADLINE_MS),
      },
      needs,
    },
    bench.data,
  );
  const cold = titles.slice(0, COLD_TITLES);
  const first = await askColdTitles(bench, server, cold);
  const calls = {
    failing: indexers.searchesOf('failing'),
    hanging: indexers.searchesOf('hanging'),
  };
  bench.progress('waiting for the slow source');
  await pause(SETTLE_MS, undefined, { signal: bench.signal });
  const next = await Promise.all(cold.map((title) => ask(server, title)));
  const recoveryS = await recovery(bench, server, indexers, titles.slice(COLD_TITLES));
  const [searched] = cold;
  const warm = await warmRequests(bench, [plain, server], pathOf(searched));
  return {
    phases: warm.phases.map(({ result }) => result),
    checks: [
      ...firstAnswerChecks(cold, first),
      atLeast('share of next answers with the slow source', shareWith(cold, next, ['slow']), 1, ''),
      atMost('searches that the failing source was asked', calls.failing, CALLS_MAX, 'calls'),
      atMost('searches that the hanging source was asked', calls.hanging, CALLS_MAX, 'calls'),
      atMost('time from recovery until both answer', recoveryS, RECOVERY_S_MAX, 's'),
      ...warm.checks,
    ],
    warnings: warm.phases.flatMap(warningsOf),
  };
}

interface Answer {
  readonly body: string;
  readonly elapsedMs: number;
  /** By source, as `Server-Timing` says it. */
  readonly timing: string;
}

async function searchedTitles(bench: Bench): Promise<readonly SearchedTitle[]> {
  return await bench.data.sql<SearchedTitle[]>`
    SELECT x.external_id AS "imdbId", m.title, m.year FROM media m JOIN media_external_id x USING (media_id)
    WHERE x.external_id = ANY(${[...heavyTitleIds()]}) AND x.provider = 'imdb' ORDER BY x.external_id`;
}

/** Most seeders first: what the sources have is at the top. */
const [INSTALL] = installTokens([{ tsp: [{ k: 'seeders' }], mspr: 0 }]);

function pathOf(title: SearchedTitle | undefined): string {
  return `/stream/movie/${title?.imdbId ?? ''}.json`;
}

async function ask(server: ServerProcess, title: SearchedTitle): Promise<Answer> {
  const startedAtMs = performance.now();
  const response = await fetch(`http://127.0.0.1:${server.port}/${INSTALL}${pathOf(title)}`, {
    signal: AbortSignal.timeout(30_000),
  });
  const body = await response.text();
  return {
    body,
    elapsedMs: performance.now() - startedAtMs,
    timing: response.headers.get('server-timing') ?? '',
  };
}

/** At a steady pace, however long the answers take. */
async function askColdTitles(
  bench: Bench,
  server: ServerProcess,
  titles: readonly SearchedTitle[],
): Promise<readonly Answer[]> {
  const answers: Promise<Answer>[] = [];
  for (const [at, title] of titles.entries()) {
    bench.progress(`cold title ${at + 1} of ${titles.length}`);
    answers.push(ask(server, title));
    await pause(COLD_EVERY_MS, undefined, { signal: bench.signal });
  }
  return Promise.all(answers);
}

function firstAnswerChecks(
  titles: readonly SearchedTitle[],
  answers: readonly Answer[],
): readonly Check[] {
  const elapsed = answers.map(({ elapsedMs }) => elapsedMs).toSorted((a, b) => a - b);
  const p99 = elapsed[Math.ceil(elapsed.length * 0.99) - 1] ?? Infinity;
  return [
    atMost('first answer, p99', p99, DEADLINE_MS + LATE_MS_MAX, 'ms'),
    atMost('first answer, p50', median(elapsed), DEADLINE_MS, 'ms'),
    atLeast(
      'share of first answers with all fast sources',
      shareWith(titles, answers, FAST),
      1,
      '',
    ),
  ];
}

function shareWith(
  titles: readonly SearchedTitle[],
  answers: readonly Answer[],
  names: readonly IndexerName[],
): number {
  const complete = titles.filter(({ imdbId }, at) =>
    names.every((name) => answers[at]?.body.includes(infohashOf(imdbId, name))),
  );
  return complete.length / titles.length;
}

/** Seconds from the moment when both are well until a search has heard from both; Infinity when none has. */
async function recovery(
  bench: Bench,
  server: ServerProcess,
  indexers: Indexers,
  titles: readonly SearchedTitle[],
): Promise<number> {
  bench.progress('waiting until what hangs is given up');
  await pause(SETTLE_MS, undefined, { signal: bench.signal });
  const startedAtMs = performance.now();
  indexers.treat('failing', WELL);
  indexers.treat('hanging', WELL);
  const isBack = ({ body }: Answer, { imdbId }: SearchedTitle) =>
    body.includes(infohashOf(imdbId, 'failing')) && body.includes(infohashOf(imdbId, 'hanging'));
  for (const title of titles.slice(0, 3 * RECOVERY_S_MAX)) {
    bench.progress('recovery');
    const answer = await ask(server, title);
    if (isBack(answer, title)) return (performance.now() - startedAtMs) / 1000;
    await pause(RECOVERY_EVERY_MS, undefined, { signal: bench.signal });
  }
  return Infinity;
}

/** One title again and again, on two servers in turn. */
async function warmRequests(
  bench: Bench,
  [plain, searching]: readonly [ServerProcess, ServerProcess],
  path: string,
): Promise<{ readonly phases: readonly Phase[]; readonly checks: readonly Check[] }> {
  const target = (server: ServerProcess): Target => ({
    server,
    requests: { paths: [path] },
    needs: LIVE_SEARCH.needs,
    position: 0,
  });
  const sides = [
    { name: 'warm, without sources', target: target(plain) },
    { name: 'warm, with live search', target: target(searching) },
  ];
  const [without, withSearch] = await runInTurn(bench, sides, { rounds: WARM_ROUNDS, warmUpS: 3 });
  if (without === undefined || withSearch === undefined) throw new Error('a side is missing');
  const commands = Math.max(
    ...withSearch.result.rounds.map((round) => round.server.redisCommandsPerRequest ?? 0),
  );
  return {
    phases: [without, withSearch],
    checks: [
      atMost(
        'CPU of a warm request, with : without',
        medianRatio(withSearch, without, cpuMicros),
        1 + WARM_SHARE,
        '×',
      ),
      atMost('Redis commands of a warm request', commands, 0.01, 'commands'),
    ],
  };
}
