/** Prometheus as a real process, and its `promtool` (Debian package `prometheus`). */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { poll } from '../../src/lib/async/wait.ts';

const isInstalled = ['prometheus', 'promtool'].every(
  (command) => spawnSync(command, ['--version']).status === 0,
);
/** For `describe(…, { skip })`. */
export const skipWithoutPrometheus = isInstalled
  ? false
  : 'needs prometheus and promtool (Debian package prometheus)';

/** What `promtool check metrics` says against the text; empty when nothing. */
export function promtoolFindings(text: Buffer): string {
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: text });
  return status === 0 ? '' : `${status}: ${stdout}${stderr}`;
}

/** What `promtool` says to files: `check rules`, `test rules`. Throws with its output when it fails. */
export function promtool(...parameters: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('promtool', parameters);
  if (status !== 0) throw new Error(`promtool ${parameters.join(' ')}: ${stdout}${stderr}`);
  return String(stdout);
}

export interface Alert {
  readonly labels: Readonly<Record<string, string>> & { readonly alertname: string };
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: 'pending' | 'firing';
}

export interface Prometheus extends AsyncDisposable {
  /** Values of an instant query as it is now. Rejects with what Prometheus has against it. */
  ask(expression: string): Promise<ReadonlyMap<string, number>>;
  /** Values of an instant query, by labels as JSON. Waits for one: a scrape is stored after it is reported. */
  query(expression: string): Promise<ReadonlyMap<string, number>>;
  /** Why the last scrape failed; empty when it did not. Waits for the first one. */
  scrapeError(): Promise<string>;
  alerts(): Promise<readonly Alert[]>;
}

export interface ScrapeJob {
  readonly name: string;
  /** Host and port. */
  readonly target: string;
}

export interface PrometheusOptions {
  readonly jobs: readonly ScrapeJob[];
  /** How often it scrapes and looks at its rules. */
  readonly everyS?: number;
  /** Text of a file of rules. */
  readonly rules?: string;
}

interface Target {
  readonly lastError: string;
  readonly lastScrape: string;
  readonly health: string;
}

const EVERY_S = 2;

function configurationOf({ jobs, everyS = EVERY_S, rules }: PrometheusOptions): string {
  // JSON is YAML.
  return JSON.stringify({
    global: {
      scrape_interval: `${everyS}s`,
      scrape_timeout: `${everyS}s`,
      evaluation_interval: `${everyS}s`,
    },
    ...(rules !== undefined && { rule_files: ['rules.yml'] }),
    scrape_configs: jobs.map(({ name, target }) => ({
      job_name: name,
      static_configs: [{ targets: [target] }],
    })),
  });
}

/** On loopback, with files of its own. */
export async function startPrometheus(options: PrometheusOptions): Promise<Prometheus> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-prometheus-'));
  const configuration = join(folder, 'prometheus.yml');
  await writeFile(configuration, configurationOf(options));
  await writeFile(join(folder, 'rules.yml'), options.rules ?? '');
  const port = await freePort();
  const child = spawn(
    'prometheus',
    [
      `--config.file=${configuration}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: 'ignore' },
  );
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const ask = async (path: string): Promise<unknown> =>
    (await fetch(`http://127.0.0.1:${port}/api/v1/${path}`)).json();
  const valuesOf = async (expression: string): Promise<ReadonlyMap<string, number>> => {
    const { data, error } = (await ask(`query?query=${encodeURIComponent(expression)}`)) as {
      error?: string;
      data: { result: { metric: Record<string, string>; value: [number, string] }[] };
    };
    if (error !== undefined) throw new Error(`${expression}: ${error}`);
    return new Map(
      data.result.map(({ metric, value }) => [JSON.stringify(metric), Number(value[1])]),
    );
  };
  const target0 = async (): Promise<Target | undefined> => {
    const answer = (await ask('targets').catch(() => null)) as {
      data: { activeTargets: Target[] };
    } | null;
    return answer?.data.activeTargets[0];
  };
  return {
    ask: valuesOf,
    async query(expression) {
      let values: ReadonlyMap<string, number> = new Map();
      await poll(
        async () => {
          values = await valuesOf(expression);
          return values.size > 0;
        },
        { everyMs: 100, timeoutMs: 60_000 },
      );
      return values;
    },
    async scrapeError() {
      let last: Target | undefined;
      await poll(
        async () => {
          last = await target0();
          return last !== undefined && last.health !== 'unknown';
        },
        { everyMs: 100, timeoutMs: 60_000 },
      );
      return last === undefined ? 'no scrape' : last.lastError;
    },
    async alerts() {
      const { data } = (await ask('alerts')) as { data: { alerts: readonly Alert[] } };
      return data.alerts;
    },
    async [Symbol.asyncDispose]() {
      child.kill();
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
