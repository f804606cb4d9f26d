/** A fresh `npm ci` prints no warning, on every Node.js that we run on, and a production install can build. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { UWS_BUILD } from '../../src/http/uws-binary.ts';

interface LockedPackage {
  readonly engines?: { readonly node?: string };
  readonly os?: readonly string[];
  readonly hasInstallScript?: boolean;
  readonly dev?: boolean;
  readonly name?: string;
}
interface PackageFile {
  readonly engines: { readonly node: string };
  readonly allowScripts: Readonly<Record<string, boolean>>;
}

const manifest: PackageFile = JSON.parse(await readFile('package.json', 'utf8'));
const { packages }: { packages: Record<string, LockedPackage> } = JSON.parse(
  await readFile('package-lock.json', 'utf8'),
);

/**
 * Their `engines` ask for Node 22, but they run on 20, so the field is left out of package-lock.json (npm keeps it that way).
 * uWebSockets.js (uws-pack) brings a binary for 20 and every test runs on it; cookie is in fastify's `inject`, which nobody calls.
 */
const RUN_ON_NODE_20_TOO = ['node_modules/uWebSockets.js', 'node_modules/cookie'];

const NODE_MAJORS = [20, 22];
/** The ABI of each of them, as binaries are named. */
const ABIS: Readonly<Record<number, number>> = { 20: 115, 22: 127 };

/** Whether one alternative of a range starts at this version or below, or is for it alone. */
function accepts(range: string, node: number): boolean {
  return range.split('||').some((part) => {
    const [, operator = '', major = '0'] = /(>=|\^|~|>)?\s*v?(\d+|\*)/.exec(part.trim()) ?? [];
    if (major === '*') return true;
    return operator.startsWith('>') ? Number(major) <= node : Number(major) === node;
  });
}

test('the range reader of this file tells 20 from 22', () => {
  for (const range of ['>=18', '>= 20.19', '^20.19.0 || >=22.12.0', '20 || >=22', '*', '>=0.10'])
    assert.ok(accepts(range, 20), range);
  for (const range of ['>=22', '^22', '^18 || >=22', '22 || 24', '>=21'])
    assert.ok(!accepts(range, 20), range);
});

test('no package that npm ci installs refuses one of our versions of Node.js', () => {
  assert.equal(manifest.engines.node, '>=20.19 <21 || >=22.12 <23');
  const refusals = NODE_MAJORS.flatMap((node) =>
    Object.entries(packages)
      .filter(
        ([path, { os }]) =>
          path !== '' && (os === undefined || os.includes('linux') || os.includes('darwin')),
      )
      .filter(([, { engines }]) => !accepts(engines?.node ?? '*', node))
      .map(([path, { engines }]) => `${path} ${engines?.node} on ${node}`),
  );
  assert.deepEqual(
    refusals,
    [],
    'npm ci warns of these: take another version, or see RUN_ON_NODE_20_TOO in this file',
  );
  for (const path of RUN_ON_NODE_20_TOO) assert.equal(packages[path]?.engines, undefined, path);
});

test('uWebSockets.js has the binaries that it is loaded for', () => {
  const missing = UWS_BUILD.nodeMajors
    .map(
      (node) =>
        `node_modules/uWebSockets.js/dist/bin/uws_${process.platform}_${process.arch}_${ABIS[node]}.node`,
    )
    .filter((path) => !existsSync(path));
  assert.deepEqual(missing, []);
  assert.deepEqual(UWS_BUILD.nodeMajors, NODE_MAJORS);
});

test('every install script is allowed or refused by name, so that npm has nothing to ask', () => {
  const withScripts = Object.entries(packages)
    .filter(([, entry]) => entry.hasInstallScript === true)
    .map(
      ([path, { name }]) =>
        name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
    );
  const open = withScripts.filter((name) => manifest.allowScripts[name] === undefined);
  assert.deepEqual(open, []);
});

test('what the build needs is installed in production, too', () => {
  for (const name of [
    'typescript',
    'vite',
    '@vitejs/plugin-react',
    '@types/node',
    'react',
    'react-dom',
  ]) {
    const entry = packages[`node_modules/${name}`];
    assert.ok(
      entry !== undefined && entry.dev !== true,
      `${name} is among the dependencies, not the devDependencies`,
    );
  }
});
