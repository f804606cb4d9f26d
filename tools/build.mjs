/**
 * Builds what has changed: `node tools/build.mjs [server|everything]`, each with the configure page. `server` compiles what runs
 * (`npm start`), `everything` also tests and measurements. A plain script: it runs before anything is compiled.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * @typedef {object} Part
 * @property {string} title
 * @property {readonly string[]} sources Folders and files that it is made of, below the root.
 * @property {string} stamp File with the hash of the sources that the output was made of.
 * @property {string} tool What `npm ci` installs for it.
 * @property {readonly string[]} command
 * @property {readonly string[]} [outputs] Compiled folders, one file of the same name per source.
 */

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SETTINGS = ['package-lock.json', 'tsconfig.json', 'tools/build.mjs'];
const SERVER_FOLDERS = ['src', 'workers'];
const CHECK_FOLDERS = ['native-bench', 'perf', 'test'];
const TSC = 'node_modules/typescript/bin/tsc';
const VITE = 'node_modules/vite/bin/vite.js';

/** @type {Part} */
const SERVER = {
  title: 'the server',
  sources: [...SETTINGS, 'tsconfig.server.json', ...SERVER_FOLDERS],
  stamp: 'dist/.server',
  tool: TSC,
  command: [TSC, '-p', 'tsconfig.server.json'],
  outputs: SERVER_FOLDERS,
};
/** @type {Part} */
const EVERYTHING = {
  title: 'server, tests and measurements',
  sources: [...SERVER.sources, ...CHECK_FOLDERS],
  stamp: 'dist/.everything',
  tool: TSC,
  command: [TSC, '-p', 'tsconfig.json'],
  outputs: [...SERVER_FOLDERS, ...CHECK_FOLDERS],
};
/** @type {Part} */
const PAGE = {
  title: 'the configure page',
  sources: [...SETTINGS, 'web'],
  stamp: 'web/dist/.sources',
  tool: VITE,
  command: [VITE, 'build', 'web', '--logLevel', 'warn'],
};

const wanted = process.argv[2] ?? 'everything';
if (wanted !== 'server' && wanted !== 'everything')
  fail(`${wanted} cannot be built: expected server or everything`);
if (wanted === 'server') build([SERVER]);
else build([EVERYTHING, SERVER]);
build([PAGE]);

/**
 * Runs the first part's command unless all of the parts are up to date; it makes the outputs of them all.
 * @param {readonly [Part, ...Part[]]} parts
 */
function build(parts) {
  const hashes = parts.map(({ sources }) => hashOf(sources));
  if (parts.every(({ stamp }, index) => stampIn(stamp) === hashes[index])) return;
  const [{ title, tool, command, outputs = [] }] = parts;
  if (!existsSync(join(ROOT, tool)))
    fail(`${title} cannot be built: ${tool} is missing, npm ci installs it`);
  // A build that fails half-way leaves no stamp: of its outputs nobody knows what they were made of.
  for (const { stamp } of parts) rmSync(join(ROOT, stamp), { force: true });
  process.stderr.write(`Building ${title} … `);
  const startedAt = performance.now();
  const run = spawnSync(process.execPath, [...command], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, NODE_ENV: 'production' },
  });
  if (run.status !== 0) fail(`failed\n${run.stdout}${run.stderr}${title} could not be built`);
  process.stderr.write(`${((performance.now() - startedAt) / 1000).toFixed(1)} s\n`);
  for (const folder of outputs) removeOrphans(folder);
  parts.forEach(({ stamp }, index) => {
    mkdirSync(dirname(join(ROOT, stamp)), { recursive: true });
    writeFileSync(join(ROOT, stamp), hashes[index] ?? '');
  });
}

/** @param {readonly string[]} sources */
function hashOf(sources) {
  const hash = createHash('sha1');
  for (const path of sources.flatMap((source) => filesOf(join(ROOT, source)))) {
    hash.update(relative(ROOT, path)).update('\0').update(readFileSync(path)).update('\0');
  }
  return hash.digest('hex');
}

/**
 * The file itself, or every file in the folder, in one order on all machines.
 * @param {string} path
 * @returns {string[]}
 */
function filesOf(path) {
  const entries = readEntries(path);
  if (entries === null) return [path];
  return entries
    .filter(({ name }) => name !== 'node_modules' && name !== 'dist')
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((entry) =>
      entry.isDirectory() ? filesOf(join(path, entry.name)) : [join(path, entry.name)],
    );
}

/** @param {string} path */
function readEntries(path) {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOTDIR') return null;
    throw error;
  }
}

/**
 * Compiled files whose source is gone: a test that was deleted would still be run.
 * @param {string} folder
 */
function removeOrphans(folder) {
  for (const path of filesOf(join(ROOT, 'dist', folder))) {
    const source = relative(join(ROOT, 'dist'), path).replace(/\.js(?:\.map)?$/, '.ts');
    if (!existsSync(join(ROOT, source))) rmSync(path);
  }
}

/** @param {string} stamp */
function stampIn(stamp) {
  const path = join(ROOT, stamp);
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}

/**
 * @param {string} reason
 * @returns {never}
 */
function fail(reason) {
  process.stderr.write(`${reason}\n`);
  process.exit(1);
}
