/** What a rehearsal stands on: it tells what it does, runs the commands of its page as they stand, and waits for what has to come. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { poll } from '../../src/lib/async/wait.ts';
import { blocksOf } from '../support/documents.ts';
import { rawRequest } from '../support/http-client.ts';
import type { RunningApp } from '../support/start-app.ts';
import { AlertWatch, UNWATCHED, type Alerts, type AlertSeen } from './alert-watch.ts';

/** The key of instances of rehearsals. */
export const API_PASSWORD = 'key-of-the-rehearsal';
/** For `startApp`. */
export const ENVIRONMENT = {
  API_PASSWORD,
  IS_PUBLIC_INSTANCE: 'true',
};

const WAIT_MS = 30_000;
const COMMAND_TIMEOUT_MS = 60_000;
const SHOWN_CHARS_MAX = 1500;
const KEPT = ['PATH', 'HOME', 'LANG'];

export interface StageOptions {
  /** Of the rehearsal, and of its page in docs/runbooks where it has one. */
  readonly name: string;
  readonly say: (line: string) => void;
  /** A Prometheus looks on. */
  readonly isWatched: boolean;
}

export class Stage {
  /** What a Prometheus saw. */
  readonly seen: AlertSeen[] = [];
  readonly #page: string;
  readonly #say: (line: string) => void;
  readonly #isWatched: boolean;

  constructor({ name, say, isWatched }: StageOptions) {
    this.#page = name;
    this.#say = say;
    this.#isWatched = isWatched;
  }

  /** @param targets by name of their job. Nothing is waited for where no Prometheus looks on */
  async alerts(targets: Readonly<Record<string, { readonly target: string }>>): Promise<Alerts> {
    if (!this.#isWatched) return UNWATCHED;
    const jobs = Object.entries(targets).map(([name, { target }]) => ({ name, target }));
    return AlertWatch.start({ jobs, say: this.#say, seen: this.seen });
  }

  tell(what: string): void {
    this.#say(`\n── ${what}`);
  }

  /** Runs the commands of a section of the page. Returns what they printed. @throws when one fails */
  async follow(
    section: 'Signals' | 'Cure',
    app: RunningApp,
    variables: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    const path = `docs/runbooks/${this.#page}.md`;
    const text = await readFile(path, 'utf8');
    const [, after = ''] = text.split(`\n## ${section}\n`);
    const [part = ''] = after.split('\n## ');
    const commands = blocksOf({ path, text: part }).filter(({ language }) => language === 'sh');
    assert.ok(commands.length > 0, `${path} has commands below ${section}`);
    let printed = '';
    for (const command of commands) {
      this.#say(`\n$ ${command.text.replaceAll('\n', '\n  ')}`);
      const output = await run(command.text, { SLUICE: app.baseUrl, API_PASSWORD, ...variables });
      this.#say(output.slice(0, SHOWN_CHARS_MAX));
      printed += `${output}\n`;
    }
    return printed;
  }

  /** Waits until `isSo`. @throws Error naming `what` when that does not come */
  async until(what: string, isSo: () => Promise<boolean>): Promise<void> {
    const startedAtMs = performance.now();
    const came = await poll(isSo, { everyMs: 200, timeoutMs: WAIT_MS });
    if (!came) throw new Error(`${this.#page}: ${what} did not come within ${WAIT_MS / 1000} s`);
    const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
    this.#say(`✔ ${what} (after ${seconds} s)`);
  }

  /** @throws AssertionError */
  sees(what: string, printed: string, pattern: RegExp): void {
    assert.match(printed, pattern, `${this.#page}: ${what}`);
    this.#say(`✔ ${what}`);
  }
}

/** What an admin address answers. */
export async function admin(app: RunningApp, path: string): Promise<Record<string, unknown>> {
  const headers = { 'x-api-key': API_PASSWORD };
  const { body } = await rawRequest(`${app.baseUrl}/api/v1/admin${path}`, { headers });
  return JSON.parse(body.toString()) as Record<string, unknown>;
}

/** The sum of a series of `/metrics`, over all labels that the text names. */
export async function metric(app: RunningApp, name: string, label = ''): Promise<number> {
  const { body } = await rawRequest(`${app.baseUrl}/metrics`);
  return body
    .toString()
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    .filter((line) => line.includes(label))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

/** Films of the demo catalogue whose lists nobody has asked for yet. */
export async function filmIds(app: RunningApp): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const page of ['latest', 'latest/skip=20', 'latest/skip=40'])
    await poll(
      async () => {
        const { status, body } = await rawRequest(`${app.baseUrl}/catalog/movie/${page}.json`);
        if (status !== 200) return false;
        const { metas } = JSON.parse(body.toString()) as { metas: { id: string }[] };
        return ids.push(...metas.map(({ id }) => id)) > 0;
      },
      { everyMs: 200, timeoutMs: WAIT_MS },
    );
  return [...new Set(ids)];
}

/** For `Stage.alerts`. */
export function scraped({ port }: RunningApp) {
  return { sluice: { target: `127.0.0.1:${port}` } };
}

/** Statuses of the lists of these films, asked for at once. */
export function askForLists(app: RunningApp, ids: readonly string[]): Promise<readonly number[]> {
  return statusesOf(
    app,
    ids.map((id) => `/stream/movie/${id}.json`),
  );
}

/** Statuses of these paths, asked for at once. */
export function statusesOf(app: RunningApp, paths: readonly string[]): Promise<readonly number[]> {
  return Promise.all(paths.map(async (path) => (await rawRequest(`${app.baseUrl}${path}`)).status));
}

/** Pages of a catalogue that nobody has asked for yet: each runs a statement. */
export class ColdPages {
  readonly #app: RunningApp;
  #skip = 1000;

  constructor(app: RunningApp) {
    this.#app = app;
  }

  ask(count: number): Promise<readonly number[]> {
    const paths = Array.from(
      { length: count },
      () => `/catalog/movie/latest/skip=${this.#skip++}.json`,
    );
    return statusesOf(this.#app, paths);
  }
}

function run(script: string, variables: Readonly<Record<string, string>>): Promise<string> {
  const kept = KEPT.map((name) => [name, process.env[name] ?? ''] as const);
  const child = spawn('bash', ['-euo', 'pipefail', '-c', script], {
    env: { ...Object.fromEntries(kept), ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: COMMAND_TIMEOUT_MS,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (piece: Buffer) => {
      output += piece.toString();
    });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`exit code ${code} of\n${script}\n${output}`));
    });
  });
}
