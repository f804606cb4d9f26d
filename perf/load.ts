/** Closed-loop load from a second process: wrk where it is installed, else autocannon. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pinned } from './harness/pinned.ts';

const run = promisify(execFile);

export type Generator = 'wrk' | 'autocannon';

export interface LoadOptions {
  /** The one that is installed when absent. */
  readonly generator?: Generator;
  readonly signal?: AbortSignal;
  readonly url: string;
  /** Paths to ask for in turn instead of the URL's. */
  readonly paths?: readonly string[];
  readonly connections: number;
  readonly durationS: number;
  readonly headers: Readonly<Record<string, string>>;
}

export interface LoadResult {
  readonly requests: number;
  readonly elapsedS: number;
  readonly failures: number;
  /** CPU seconds that the generator used per second; near 1 means that it was the bottleneck. */
  readonly clientCpuShare: number;
}

/** The generator that is used when none is named: wrk, which takes less of a shared machine, where it is installed. */
export const generator: Generator = ['/usr/bin/wrk', '/usr/local/bin/wrk'].some((path) =>
  existsSync(path),
)
  ? 'wrk'
  : 'autocannon';

export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  return (options.generator ?? generator) === 'wrk'
    ? await runWrk(options)
    : await runAutocannon(options);
}

async function runWrk({
  url,
  paths,
  connections,
  durationS,
  headers,
  signal,
}: LoadOptions): Promise<LoadResult> {
  const headerParameters = Object.entries(headers).flatMap(([name, value]) => [
    '-H',
    `${name}: ${value}`,
  ]);
  const folder = paths === undefined ? null : await writeScript(paths);
  const script = folder === null ? [] : ['-s', join(folder, 'paths.lua')];
  const parameters = [
    '-t1',
    `-c${connections}`,
    `-d${durationS}s`,
    ...headerParameters,
    ...script,
    url,
  ];
  const { stdout, clientCpuShare } = await runAndRemove(folder, () =>
    timed('wrk', parameters, durationS, signal),
  );
  const [, requests = '0', elapsed = '1'] = /(\d+) requests in ([\d.]+)s/.exec(stdout) ?? [];
  const non2xx = Number(/Non-2xx or 3xx responses: (\d+)/.exec(stdout)?.[1] ?? 0);
  const socket = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(
    stdout,
  );
  const socketErrors = (socket?.slice(1) ?? []).reduce((sum, count) => sum + Number(count), 0);
  return {
    requests: Number(requests),
    elapsedS: Number(elapsed),
    failures: non2xx + socketErrors,
    clientCpuShare,
  };
}

async function runAndRemove<R>(folder: string | null, work: () => Promise<R>): Promise<R> {
  try {
    return await work();
  } finally {
    if (folder !== null) await rm(folder, { recursive: true, force: true });
  }
}

/** A Lua script that takes the paths in turn; its folder. wrk asks it for one request, at first, that it never sends. */
async function writeScript(paths: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-paths-'));
  const list = join(folder, 'paths.txt');
  await writeFile(list, `${paths.join('\n')}\n`);
  await writeFile(
    join(folder, 'paths.lua'),
    `
local requests = {}
local at = -1
function init()
  for path in io.lines(${JSON.stringify(list)}) do requests[#requests + 1] = wrk.format("GET", path) end
end
function request()
  at = at % #requests + 1
  return requests[at]
end
`,
  );
  return folder;
}

async function runAutocannon({
  url,
  paths,
  connections,
  durationS,
  headers,
  signal,
}: LoadOptions): Promise<LoadResult> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-load-'));
  try {
    const file = join(folder, 'options.json');
    await writeFile(
      file,
      JSON.stringify({ url, paths: paths ?? [], connections, durationS, headers }),
    );
    const script = join(import.meta.dirname, 'harness/autocannon-main.js');
    const { stdout, clientCpuShare } = await timed(
      process.execPath,
      [script, file],
      durationS,
      signal,
    );
    const { requests, elapsedS, failures } = JSON.parse(stdout) as Omit<
      LoadResult,
      'clientCpuShare'
    >;
    return { requests, elapsedS, failures, clientCpuShare };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function timed(
  command: string,
  parameters: readonly string[],
  durationS: number,
  signal?: AbortSignal,
) {
  const [file, pinnedParameters] = pinned(1, command, parameters);
  const bash = await run(
    'bash',
    ['-c', `TIMEFORMAT='cpu %U %S'; time "$@"`, 'bash', file, ...pinnedParameters],
    {
      timeout: (durationS + 30) * 1000,
      maxBuffer: 64 * 1024 * 1024,
      ...(signal === undefined ? {} : { signal }),
    },
  );
  const [, user = '0', system = '0'] = /cpu ([\d.]+) ([\d.]+)\s*$/.exec(bash.stderr) ?? [];
  return { stdout: bash.stdout, clientCpuShare: (Number(user) + Number(system)) / durationS };
}
