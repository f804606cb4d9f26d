/** Requests and commands that documents show are sent and run, and answered as the documents say. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ROLES } from '../../../src/app/arguments.ts';
import { makeCertificate, withoutOpenssl } from '../../support/certificates.ts';
import { readCompose } from '../../support/compose-file.ts';
import {
  blocksOf,
  commandsOf,
  documents,
  inlineCodeOf,
  type CodeBlock,
} from '../../support/documents.ts';
import { rawRequest } from '../../support/http-client.ts';
import { differencesOf, parseHttpExample } from '../../support/http-examples.ts';
import { promtool, skipWithoutPrometheus } from '../../support/prometheus.ts';
import { runProgram } from '../../support/run-program.ts';
import { startApp, type RunningApp } from '../../support/start-app.ts';

const all = await documents();
const blocks = all.flatMap(blocksOf).filter(({ notRunBecause }) => notRunBecause === null);
const ofLanguage = (language: string) => blocks.filter((block) => block.language === language);
const routes = await readFile('test/architecture/routes.golden.txt', 'utf8');
const PROGRAM = /^(?:[A-Z_]+=\S+ )*node((?: --[\w-]+(?:=\S+)?)*) dist\/src\/main\.js(.*)$/;

/** A command is run where it ends by itself; of the others it is checked that what they name is there. */
interface CommandKind {
  readonly pattern: RegExp;
  readonly check: (match: RegExpExecArray, app: RunningApp) => Promise<void> | void;
}

const COMMANDS: readonly CommandKind[] = [
  {
    pattern: /^(?:[A-Z_]+=\S+ )?docker compose -f (\S+)(?: .*)? (?:up|logs|stop|start|down)\b.*$/,
    check: ([, file = '']) => checkComposeFile(file),
  },
  // Both are what `build.test.ts`, `packages.test.ts` and this run are about; scripts are in the architecture test.
  {
    pattern: /^((?:[A-Z_]+=\S+ )*)npm (?:ci|start|test|run \S+)(?: .*)?$/,
    check: ([, variables = '']) => checkVariables(variables.trim()),
  },
  // PostgreSQL's own, on databases that documents make up; `export-database` has a test of its own.
  { pattern: /^(?:createdb|psql|pg_dump) /, check: () => undefined },
  {
    pattern: PROGRAM,
    check: ([, flags = '', rest = ''], app) => checkProgram(flags.trim(), rest.trim(), app),
  },
  {
    pattern: /^curl (?:-\S+ )*'?http:\/\/127\.0\.0\.1:8000([^\s']*)'?$/,
    check: ([, path = ''], app) => checkPath(path, app),
  },
  {
    pattern: /^promtool (.+)$/,
    check: ([, parameters = '']) => {
      if (skipWithoutPrometheus === false) promtool(...parameters.split(' '));
    },
  },
  {
    pattern: /^prometheus --config\.file=(\S+) /,
    check: ([, file = '']) => assert.ok(existsSync(file), file),
  },
];

/** What documents show of the admin API is there. */
const OPERATED = {
  API_PASSWORD: 'key-of-this-test',
  IS_PUBLIC_INSTANCE: 'true',
  ENABLE_PROFILER: 'true',
};

/** It needs servers of others, and has a test of its own. */
const ASKS_OTHERS = 'test-sources';

/** That there are such variables, and that the values are accepted. */
async function checkVariables(text: string): Promise<void> {
  if (text === '') return;
  const environment = Object.fromEntries(
    text.split(' ').map((pair) => [pair.split('=', 1)[0] ?? '', pair.replace(/^[^=]*=/, '')]),
  );
  const { code, stdout, stderr } = await runProgram(['--config-dump'], environment);
  assert.equal(code, 0, stderr);
  for (const name of Object.keys(environment))
    assert.match(stdout, new RegExp(`^${name}=.* # ${name}$`, 'm'), name);
}

/** Runs a question (`--config-dump`, `--version`) and checks the name of a role; flags are those of this Node.js. */
async function checkProgram(flags: string, rest: string, app: RunningApp): Promise<void> {
  const [word = 'serve', ...others] = rest.split(' ').filter((part) => part !== '');
  if (flags !== '')
    assert.equal(spawnSync(process.execPath, [...flags.split(' '), '--version']).status, 0, flags);
  if (Object.hasOwn(ROLES, word) || word === ASKS_OTHERS) return;
  const { code, stderr } = await runProgram([word, ...others], { PORT: String(app.port) });
  assert.equal(code, 0, stderr);
}

/** Any will do. */
const VIEWER_KEY = 'a-key-that-a-viewer-keeps';
/** Rows that ask for the instance's key. */
const OF_OPERATORS = /^\/api\/v1\/(?:admin|iptv)\//;

/** Docker itself is asked where its Compose is there: reading a file needs no engine. */
async function checkComposeFile(path: string): Promise<void> {
  readCompose(await readFile(path, 'utf8'));
  if (spawnSync('docker', ['compose', 'version']).status !== 0) return;
  const run = spawnSync('docker', ['compose', '-f', path, 'config', '--quiet'], {
    encoding: 'utf8',
  });
  assert.equal(run.status, 0, run.stderr);
}

async function checkPath(path: string, app: RunningApp): Promise<void> {
  const key = OF_OPERATORS.test(path) ? { 'x-api-key': OPERATED.API_PASSWORD } : {};
  const headers = { 'x-viewer-key': VIEWER_KEY, ...key };
  const { status, body } = await rawRequest(`${app.baseUrl}${path}`, { headers });
  assert.ok(status < 400, `${path} is ${status}: ${body.toString('utf8').slice(0, 200)}`);
}

async function checkCommand(block: CodeBlock, command: string, app: RunningApp): Promise<void> {
  for (const part of command.split(' && ')) {
    const kind = COMMANDS.find(({ pattern }) => pattern.test(part));
    assert.ok(
      kind !== undefined,
      `${block.place}: nobody knows how to check "${part}": <!-- not run: reason --> before the block says why`,
    );
    const match = kind.pattern.exec(part);
    if (match !== null) await kind.check(match, app);
  }
}

/** `GET /decrypt-user-data/{address}` fits the route `/decrypt-user-data/:secret`, and `/manifest.json` itself. */
function isRoute(request: string): boolean {
  const [method = '', path = ''] = request.split(/[ ?]/);
  return [...routes.matchAll(/\| ([A-Z, ]+) (\S+) \|/g)].some(
    ([, methods = '', route = '']) =>
      methods.split(', ').includes(method) &&
      new RegExp(`^${route.replaceAll('.', String.raw`\.`).replaceAll(/:\w+/g, '[^/]+')}$`).test(
        path,
      ),
  );
}

describe('what documents show', () => {
  let app: RunningApp;
  before(async () => {
    app = await startApp({ mode: 'embedded', environment: OPERATED });
  });
  after(() => app[Symbol.asyncDispose]());

  for (const block of ofLanguage('http')) {
    test(`the request at ${block.place} is answered as it says`, async () => {
      assert.deepEqual(await differencesOf(parseHttpExample(block.text), app.port), []);
    });
  }

  for (const block of ofLanguage('sh')) {
    test(`the commands at ${block.place}`, async () => {
      for (const command of commandsOf(block)) await checkCommand(block, command, app);
    });
  }

  for (const document of all) {
    const codes = inlineCodeOf(document);
    const programs = codes.filter((code) => PROGRAM.test(code));
    const requests = codes
      .map((code) => /^(?:GET|HEAD|POST|PUT|DELETE) \/[^\s]*/.exec(code)?.[0])
      .filter((request) => request !== undefined);
    if (programs.length + requests.length === 0) continue;
    test(`requests and commands in the sentences of ${document.path}`, async () => {
      for (const request of new Set(requests)) {
        assert.ok(isRoute(request), `${request} is no route`);
        const [method, path = ''] = request.split(' ');
        if (method === 'GET' && !/[{…]/.test(path)) await checkPath(path, app);
      }
      for (const program of new Set(programs)) {
        const [, flags = '', rest = ''] = PROGRAM.exec(program) ?? [];
        await checkProgram(flags.trim(), rest.trim(), app);
      }
    });
  }

  test('a first start prints what README.md shows, whatever its times', () => {
    const shown = all
      .flatMap(blocksOf)
      .find(
        ({ place, text }) => place.startsWith('README.md') && text.includes('Sluice is ready in'),
      );
    assert.ok(shown !== undefined);
    const untimed = (text: string) =>
      text
        .replaceAll(/ *\d+\.\d s\b/g, ' … s')
        .replace(/\d+ migrations/, '… migrations')
        .replace(/Node [\d.]+/, 'Node …')
        .replaceAll(`:${app.port}`, ':8000');
    const printed = untimed(app.output());
    const lines = untimed(shown.text)
      .split('\n')
      .filter((line) => line !== '');
    assert.deepEqual(
      lines.filter((line) => !printed.split('\n').includes(line)),
      [],
    );
  });

  test('an example that is not true is noticed', async () => {
    const example = (text: string) => differencesOf(parseHttpExample(text), app.port);
    assert.deepEqual(
      await example(
        'GET /health HTTP/1.1\n\nHTTP/1.1 200 OK\nCache-Control: no-…\n\n{ "status": "…" }',
      ),
      [],
    );
    assert.deepEqual(await example('GET /health HTTP/1.1\n\nHTTP/1.1 404 Not Found'), [
      'status 200 instead of 404',
    ]);
    assert.deepEqual(
      await example('GET /health HTTP/1.1\n\nHTTP/1.1 200 OK\nX-Nothing: 1\nCache-Control: public'),
      ['no header X-Nothing', 'Cache-Control: no-store'],
    );
    assert.deepEqual(
      await example('GET /health HTTP/1.1\n\nHTTP/1.1 200 OK\n\n{"status":"fine"}'),
      ['body {"status":"ok"}\n'],
    );
    assert.throws(() => parseHttpExample('GET /health'), /expected a request/);
  });
});

/** Files of other programs: each is read by the program itself, where it is installed. */
const CONFIGURATIONS = [
  {
    language: 'caddyfile',
    program: '/usr/bin/caddy',
    parameters: ['validate', '--adapter', 'caddyfile', '--config'],
    whole: (text: string) => text,
  },
  {
    language: 'nginx',
    program: '/usr/sbin/nginx',
    parameters: ['-t', '-c'],
    whole: wholeNginxFile,
  },
] as const;

/** A `location` belongs to a server, a `server` to http; the certificates of the text are those of this test. */
function wholeNginxFile(text: string, folder: string): string {
  const { certFile, keyFile } = makeCertificate(folder, 'example');
  const server = /^server\b/.test(text) ? text : `server { listen 127.0.0.1:1; ${text} }`;
  const ours = server
    .replace(/(ssl_certificate )[^;]+/, `$1${certFile}`)
    .replace(/(ssl_certificate_key )[^;]+/, `$1${keyFile}`)
    .replace(/listen 443/, 'listen 127.0.0.1:1');
  return `pid ${folder}/pid; error_log stderr; events {} http { access_log off; ${ours}\n }`;
}

for (const { language, program, parameters, whole } of CONFIGURATIONS) {
  for (const block of ofLanguage(language)) {
    const skip = existsSync(program) ? withoutOpenssl : `needs ${program}`;
    test(`the ${language} at ${block.place} is accepted`, { skip }, async () => {
      const folder = await mkdtemp(join(tmpdir(), 'sluice-docs-'));
      try {
        const file = join(folder, language);
        await writeFile(file, whole(block.text, folder));
        const run = spawnSync(program, [...parameters, file], {
          encoding: 'utf8',
          env: { PATH: process.env['PATH'], HOME: folder },
        });
        assert.equal(run.status, 0, run.stderr);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    });
  }
}

for (const block of ofLanguage('yaml')) {
  test(`the Compose file at ${block.place} is one`, () => {
    assert.ok(Object.keys(readCompose(block.text).services).length > 0);
  });
}
