/** What a rehearsal stands on: it tells what it does, runs the commands of its page as they stand, and waits for what has to come. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { poll } from '../../src/lib/async/wait.ts';
import { blocksOf } from '../support/documents.ts';
import { rawRequest } from '../support/http-client.ts';
import type { RunningApp } from '../support/start-app.ts';

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

export class Stage {
  readonly #page: string;
  readonly #say: (line: string) => void;

  /** @param page name of the page in docs/runbooks */
  constructor(page: string, say: (line: string) => void) {
    this.#page = page;
    this.#say = say;
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
  const pages = ['latest', 'latest/skip=20', 'latest/skip=40'].map(async (page) => {
    const { body } = await rawRequest(`${app.baseUrl}/catalog/movie/${page}.json`);
    const { metas } = JSON.parse(body.toString()) as { metas: { id: string }[] };
    return metas.map(({ id }) => id);
  });
  return [...new Set((await Promise.all(pages)).flat())];
}

/** Statuses of the lists of these films, asked for at once. */
export function askForLists(app: RunningApp, ids: readonly string[]): Promise<readonly number[]> {
  return Promise.all(
    ids.map(async (id) => (await rawRequest(`${app.baseUrl}/stream/movie/${id}.json`)).status),
  );
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
