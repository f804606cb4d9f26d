/** Transcodes of recordings: how soon they begin, and what those notice who ask for lists meanwhile. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ServerProcess } from '../harness/server-process.ts';
import { p95Of } from '../harness/statistics.ts';
import type { Check } from '../result.ts';
import { atLeast, atMost, p95Ms, requestsPerS } from './figures.ts';
import { HEAVY_STREAM_PATH } from './paths.ts';
import { runPhase, warmUp, warningsOf, type Target } from './phases.ts';
import type { Bench, Outcome, Phase, SpecialScenario } from './scenario.ts';
import { startScenarioServer } from './standard.ts';

const STARTS = 20;
const START_S_MAX = 2;
const P95_MS_MAX = 3;
/** Of ten minutes: two transcodes of it last as long as the measurement. */
const PICTURE_S = 10;
const REPEATS = 59;
const BESIDE = [['720p'], ['480p', 'audio']] as const;

export const LIVE: SpecialScenario = {
  name: 'live',
  description:
    'Twenty transcodes, from the request to the first segment; stream-repeat at a quarter of capacity, alone and beside two of them.',
  needs: { seed: false, redis: false },
  run,
};

interface Recording {
  readonly url: string;
  readonly id: string;
  readonly headers: Readonly<Record<string, string>>;
}

async function run(bench: Bench): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-perf-live-'));
  try {
    await using server = await startScenarioServer(
      {
        environment: { LIVE_CREATION_OPEN: 'true', WORKER_SINGLE_MODE: 'true', DATA_DIR: folder },
        needs: LIVE.needs,
      },
      bench.data,
    );
    bench.progress(`a recording of ${(PICTURE_S * (REPEATS + 1)) / 60} minutes is made`);
    const recording = await record(server, join(folder, 'picture.ts'));
    const starts = await timedStarts(bench, recording);
    const { phases, checks } = await beside(bench, server, recording);
    return {
      phases: phases.map(({ result }) => result),
      checks: [
        atMost(
          `${STARTS} transcodes, request to first segment, p95`,
          p95Of(starts),
          START_S_MAX,
          's',
        ),
        ...checks,
      ],
      warnings: phases.flatMap(warningsOf),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** 720p with sound, as an encoder sends it. */
async function record({ port }: ServerProcess, file: string): Promise<Recording> {
  const url = `http://127.0.0.1:${port}`;
  const json = { 'content-type': 'application/json' };
  const made = await ask(`${url}/api/v1/live`, 'POST', json, { title: 'Measured' });
  const { id, ownerKey } = made as { readonly id: string; readonly ownerKey: string };
  const source = [
    '-f',
    'lavfi',
    '-i',
    'testsrc2=size=1280x720:rate=25',
    '-f',
    'lavfi',
    '-i',
    'sine',
  ];
  const coded = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '50', '-c:a', 'aac'];
  await ffmpeg([...source, '-t', String(PICTURE_S), ...coded, file]);
  const hls = ['-c', 'copy', '-f', 'hls', '-hls_time', '4', '-hls_list_size', '0'];
  const to = ['-method', 'PUT', `${url}/live/${id}/ingest/${ownerKey}/index.m3u8`];
  await ffmpeg(['-stream_loop', String(REPEATS), '-i', file, ...hls, ...to]);
  const headers = { ...json, 'x-owner-key': ownerKey };
  await ask(`${url}/api/v1/live/${id}/end`, 'POST', headers);
  return { url, id, headers };
}

function ffmpeg(parameters: readonly string[]) {
  return promisify(execFile)('ffmpeg', ['-y', '-loglevel', 'error', ...parameters]);
}

/** Seconds, one after the other. */
async function timedStarts(bench: Bench, recording: Recording): Promise<readonly number[]> {
  const taken = [];
  for (let nth = 1; nth <= STARTS; nth++) {
    bench.progress(`transcode ${nth} of ${STARTS}`);
    const startedAtMs = performance.now();
    const { id, playlist } = await transcode(recording, ['480p']);
    const text = await (await fetch(playlist.replace('index', '480p'))).text();
    if (!text.includes('.m4s')) throw new Error(`a transcode has not begun: ${text}`);
    taken.push((performance.now() - startedAtMs) / 1000);
    await remove(recording, id);
  }
  return taken;
}

async function beside(
  bench: Bench,
  server: ServerProcess,
  recording: Recording,
): Promise<{ readonly phases: readonly Phase[]; readonly checks: readonly Check[] }> {
  const requests = { paths: [HEAVY_STREAM_PATH] };
  const target: Target = { server, requests, needs: LIVE.needs, position: 0 };
  await warmUp(bench, target, 2);
  const capacity = await runPhase(bench, target, { name: 'capacity', loop: 'closed' });
  const ratePerS = Math.floor(requestsPerS(capacity.result) / 4);
  const quarter = { loop: 'open', ratePerS } as const;
  const alone = await runPhase(bench, target, { ...quarter, name: 'a quarter, alone' });
  const made = [];
  for (const variants of BESIDE) made.push(await transcode(recording, variants));
  for (const { playlist } of made) await (await fetch(playlist)).text();
  const name = 'a quarter, beside two transcodes';
  const loaded = await runPhase(bench, target, { ...quarter, name });
  const states = await Promise.all(made.map(({ id }) => stateOf(recording, id)));
  for (const { id } of made) await remove(recording, id);
  return {
    phases: [capacity, alone, loaded],
    checks: [
      atMost(
        'p95 at a quarter of capacity, beside two transcodes',
        p95Ms(loaded.result),
        P95_MS_MAX,
        'ms',
      ),
      atLeast(
        'transcodes that still ran',
        states.filter((state) => state === 'running').length,
        2,
        '',
      ),
    ],
  };
}

interface Transcode {
  readonly id: string;
  readonly playlist: string;
}

async function transcode(
  { url, id, headers }: Recording,
  variants: readonly string[],
): Promise<Transcode> {
  const path = `${url}/api/v1/live/${id}/transcodes`;
  return (await ask(path, 'POST', headers, { variants })) as Transcode;
}

async function stateOf({ url, headers }: Recording, id: string): Promise<unknown> {
  return ((await ask(`${url}/api/v1/transcodes/${id}`, 'GET', headers)) as { state: unknown })
    .state;
}

async function remove({ url, headers }: Recording, id: string): Promise<void> {
  await ask(`${url}/api/v1/transcodes/${id}`, 'DELETE', headers);
}

/** The JSON answer. */
async function ask(
  url: string,
  method: string,
  headers: Readonly<Record<string, string>>,
  body?: object,
): Promise<unknown> {
  const content = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await fetch(url, { method, headers, ...content });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${text}`);
  return JSON.parse(text);
}
