/** A fresh `npm ci` prints no warning, on every Node.js that we run on, and a production install can build. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

interface LockedPackage {
  readonly engines?: { readonly node?: string };
  readonly hasInstallScript?: boolean;
  readonly dev?: boolean;
  readonly name?: string;
}
interface PackageFile {
  readonly engines: { readonly node: string };
  readonly allowScripts: Readonly<Record<string, boolean>>;
}

const manifest: PackageFile = JSON.parse(await readFile('package.json', 'utf8'));
const { packages }: { packages: Record<string, LockedPackage> } = JSON.parse(await readFile('package-lock.json', 'utf8'));

/**
 * Their `engines` ask for Node 22, but they run on 20, so the field is left out of package-lock.json (npm keeps it that way).
 * uWebSockets.js (uws-pack) brings a binary for 20 and every test runs on it; cookie is in fastify's `inject`, which nobody calls.
 */
const RUN_ON_NODE_20_TOO = ['node_modules/uWebSockets.js', 'node_modules/cookie'];

/** Whether one alternative of a range starts at 20 or below, or is for 20 alone. */
function acceptsNode20(range: string): boolean {
  return range.split('||').some((part) => {
    const [, operator = '', major = '0'] = /(>=|\^|~|>)?\s*v?(\d+|\*)/.exec(part.trim()) ?? [];
    if (major === '*') return true;
    return operator.startsWith('>') ? Number(major) <= 20 : Number(major) === 20;
  });
}

test('the range reader of this file tells 20 from 22', () => {
  for (const range of ['>=18', '>= 20.19', '^20.19.0 || >=22.12.0', '20 || >=22', '*', '>=0.10']) assert.ok(acceptsNode20(range), range);
  for (const range of ['>=22', '^22', '^18 || >=22', '22 || 24', '>=21']) assert.ok(!acceptsNode20(range), range);
});

test('no package that npm ci installs asks for a newer Node.js than ours', () => {
  assert.match(manifest.engines.node, /^>=20\./);
  const newer = Object.entries(packages).filter(([path, { engines }]) => path !== '' && !acceptsNode20(engines?.node ?? '*'));
  assert.deepEqual(newer.map(([path, { engines }]) => `${path} ${engines?.node}`), [],
    'npm ci warns of these on Node 20: take another version, or see RUN_ON_NODE_20_TOO in this file');
  for (const path of RUN_ON_NODE_20_TOO) assert.equal(packages[path]?.engines, undefined, path);
  for (const abi of [115, 127]) {
    const binary = `node_modules/uWebSockets.js/dist/bin/uws_${process.platform}_${process.arch}_${abi}.node`;
    assert.ok(existsSync(binary), `${binary}: the binary of one of our versions of Node.js`);
  }
});

test('every install script is allowed or refused by name, so that npm has nothing to ask', () => {
  const withScripts = Object.entries(packages).filter(([, entry]) => entry.hasInstallScript === true)
    .map(([path, { name }]) => name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length));
  const open = withScripts.filter((name) => manifest.allowScripts[name] === undefined);
  assert.deepEqual(open, []);
});

test('what the build needs is installed in production, too', () => {
  for (const name of ['typescript', 'vite', '@vitejs/plugin-react', '@types/node', 'react', 'react-dom']) {
    const entry = packages[`node_modules/${name}`];
    assert.ok(entry !== undefined && entry.dev !== true, `${name} is among the dependencies, not the devDependencies`);
  }
});
