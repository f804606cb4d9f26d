/** Protects what clients install: the official linter accepts the manifest, and ids route where they should. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { buildManifest, type ManifestOptions } from '../../../../src/features/addon/manifest.ts';
import { ANONYMOUS } from '../../../../native-bench/fixtures/contexts.ts';

interface LintResult {
  readonly valid: boolean;
  readonly errors: readonly Error[];
  readonly warnings: readonly Error[];
}

interface RoutingCase {
  readonly name: string;
  readonly manifest: unknown;
  readonly resource: string;
  readonly type: string;
  readonly id: string;
  readonly supported: boolean;
}

const require = createRequire(import.meta.url);
const { lintManifest } = require('stremio-addon-linter') as {
  lintManifest(manifest: unknown): LintResult;
};
const isSupported = require('stremio-addon-client/lib/util/isSupported') as (
  manifest: unknown,
  resource: string,
  type: string,
  id: string,
) => boolean;

const OPTIONS: ManifestOptions = {
  id: 'org.sluice.addon',
  name: 'Sluice',
  description: 'Free works.',
  version: '0.1.0',
  logoUrl: null,
  contactEmail: null,
  metaForAllIds: false,
};
const BASE_URL = 'https://addon.example/sluice';
const GENRES = { movie: ['Comedy', 'Sci-Fi'], series: ['Drama'] };

test('stremio-addon-linter accepts the manifest without a warning, with and without optional fields', () => {
  const full = {
    ...OPTIONS,
    logoUrl: 'https://example.org/logo.png',
    contactEmail: 'ops@example.org',
  };
  const settings = ANONYMOUS.anonymous.manifest;
  const bare = buildManifest(OPTIONS, GENRES, settings, BASE_URL);
  assert.equal(bare.logo, `${BASE_URL}/logo.png`, 'ours, where the operator gave none');
  for (const manifest of [
    bare,
    buildManifest(full, { movie: [], series: [] }, settings, BASE_URL),
  ]) {
    const { valid, errors, warnings } = lintManifest(JSON.parse(JSON.stringify(manifest)));
    assert.deepEqual({ valid, errors, warnings }, { valid: true, errors: [], warnings: [] });
  }
});

test('streams are offered for all prefixes that we read; meta for others than ours only when asked for', () => {
  const manifest = buildManifest(OPTIONS, GENRES, ANONYMOUS.anonymous.manifest, BASE_URL);
  const open = buildManifest(
    { ...OPTIONS, metaForAllIds: true },
    GENRES,
    ANONYMOUS.anonymous.manifest,
    BASE_URL,
  );
  for (const type of ['movie', 'series']) {
    for (const id of [
      'tt1254207',
      'tmdb:603',
      'tvdb:81189',
      'kitsu:1',
      'mal:1',
      'anilist:1',
      'sl:spring',
    ]) {
      assert.equal(isSupported(manifest, 'stream', type, id), true);
      assert.equal(isSupported(manifest, 'meta', type, id), id.startsWith('sl:'));
      assert.equal(isSupported(open, 'meta', type, id), true);
    }
    assert.equal(isSupported(manifest, 'stream', type, 'anidb:1'), false);
    for (const id of ['latest', 'popular', 'rating', 'search'])
      assert.equal(isSupported(manifest, 'catalog', type, id), true);
  }
  assert.equal(isSupported(manifest, 'stream', 'channel', 'tt1254207'), false);
});

test('search is a search-only catalogue, the others filter by the genres of their type and page', () => {
  const { catalogs } = buildManifest(OPTIONS, GENRES, ANONYMOUS.anonymous.manifest, BASE_URL);
  const extraOf = (type: string, id: string) =>
    catalogs.find((entry) => entry.type === type && entry.id === id)?.extra;
  assert.deepEqual(extraOf('movie', 'search'), [
    { name: 'search', isRequired: true },
    { name: 'skip', isRequired: false },
  ]);
  assert.deepEqual(extraOf('series', 'latest'), [
    { name: 'genre', isRequired: false, options: ['Drama'], optionsLimit: 1 },
    { name: 'skip', isRequired: false },
  ]);
  const bare = buildManifest(
    OPTIONS,
    { movie: [], series: [] },
    ANONYMOUS.anonymous.manifest,
    BASE_URL,
  ).catalogs;
  assert.ok(bare.every((entry) => entry.extra.every((extra) => extra.name !== 'genre')));
});

const ROUTING = `${process.cwd()}/../shared/data/stremio/resource-routing-cases.jsonl`;

test(
  'the routing rules that the tests above rely on are those of the published cases',
  { skip: existsSync(ROUTING) ? false : 'the routing cases are not here' },
  () => {
    const lines = readFileSync(ROUTING, 'utf8').trim().split('\n');
    for (const entry of lines.map((line) => JSON.parse(line) as RoutingCase)) {
      assert.equal(
        isSupported(entry.manifest, entry.resource, entry.type, entry.id),
        entry.supported,
        entry.name,
      );
    }
  },
);
