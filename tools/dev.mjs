/**
 * `npm run dev [-- role and arguments]`: builds server and page, runs the server, and does both again when a source changes.
 * A build that fails leaves the server that runs.
 */
import { spawn } from 'node:child_process';
import { existsSync, watch } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const WATCHED_FOLDERS = ['src', 'workers', 'web', 'migrations', 'assets'];
const OUTPUT_FOLDERS = new Set(['dist', 'node_modules']);
/** Editors write a file in several steps, a change of branch writes many. */
const SETTLE_MS = 150;
const REPEATED_MS = 500;
const SERVER = [
  '--enable-source-maps',
  '--initial-old-space-size=128',
  'dist/src/main.js',
  ...process.argv.slice(2),
];

/** @type {import('node:child_process').ChildProcess | null} */
let server = null;
/** Of the first signal; null as long as nobody wants an end. */
/** @type {number | null} */
let stoppedAtMs = null;
let isRestarting = false;
let wake = () => {};

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
  process.on(signal, stop);
for (const folder of WATCHED_FOLDERS.filter((name) => existsSync(join(ROOT, name)))) {
  watch(join(ROOT, folder), { recursive: true }, (_event, path) => {
    if (path === null || !path.split(sep).some((part) => OUTPUT_FOLDERS.has(part))) wake();
  });
}

while (stoppedAtMs === null) {
  // Before the build: what changes while it runs is built next.
  const changed = nextChange();
  if ((await succeeds(['tools/build.mjs', 'server'])) && stoppedAtMs === null) {
    isRestarting = true;
    await endServer();
    isRestarting = false;
    if (stoppedAtMs === null) server = startServer();
  }
  await changed;
}
await endServer();
process.exit(0);

/** A terminal's Ctrl-C comes twice, through npm, too; a later one ends the server at once. */
function stop() {
  const nowMs = performance.now();
  if (stoppedAtMs !== null && nowMs - stoppedAtMs < REPEATED_MS) return;
  stoppedAtMs ??= nowMs;
  server?.kill('SIGTERM');
  wake();
}

/** @returns {Promise<void>} Resolves when nothing has changed for a moment after a change, at once when told to stop. */
function nextChange() {
  return new Promise((resolve) => {
    /** @type {NodeJS.Timeout | undefined} */
    let timer;
    wake = () => {
      clearTimeout(timer);
      timer = setTimeout(resolve, stoppedAtMs === null ? SETTLE_MS : 0);
    };
    if (stoppedAtMs !== null) resolve();
  });
}

/**
 * @param {readonly string[]} parameters
 * @returns {Promise<boolean>}
 */
function succeeds(parameters) {
  return new Promise((resolve) => {
    spawn(process.execPath, [...parameters], { cwd: ROOT, stdio: 'inherit' }).once('exit', (code) =>
      resolve(code === 0),
    );
  });
}

function startServer() {
  // In a group of its own: it hears of an end from us only.
  const child = spawn(process.execPath, SERVER, { cwd: ROOT, stdio: 'inherit', detached: true });
  child.once('exit', (code, signal) => {
    server = null;
    if (stoppedAtMs === null && !isRestarting)
      process.stderr.write(
        `The server ended (${signal ?? code}); the next change starts it again\n`,
      );
  });
  return child;
}

/** @returns {Promise<void>} */
function endServer() {
  const child = server;
  if (child === null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    // The second signal would end it without a drain.
    if (stoppedAtMs === null) child.kill('SIGTERM');
  });
}
