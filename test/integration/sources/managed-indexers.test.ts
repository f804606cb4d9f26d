/** Protects searches through Prowlarr, Jackett and peers: which indexers are asked and how often, and that none holds up another. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { FoundRelease, SearchSubject } from '../../../src/features/sources/contract.ts';
import { jackettSource } from '../../../src/features/sources/providers/jackett.ts';
import { peerSource } from '../../../src/features/sources/providers/peer.ts';
import { prowlarrSource } from '../../../src/features/sources/providers/prowlarr.ts';
import type { Source } from '../../../src/features/sources/source.ts';
import { AppError } from '../../../src/lib/errors.ts';
import { createFetcher } from '../../../src/platform/fetch/fetcher.ts';
import { createUpstreams } from '../../../src/platform/upstream/upstreams.ts';
import { eventually, NEVER, silentLogger } from '../../support/cache-parts.ts';
import { subjectOf } from '../../support/source-kits.ts';
import type { FakeUpstream } from '../../support/upstreams/fake-upstream.ts';
import { startJackett } from '../../support/upstreams/jackett.ts';
import { startPeer } from '../../support/upstreams/peer.ts';
import {
  downloadedInfohash,
  startProwlarr,
  type FakeProwlarrIndexer,
} from '../../support/upstreams/prowlarr.ts';
import { workByImdb } from '../../support/upstreams/works.ts';

const KEY = 'canary-of-the-manager';
const NIGHT = subjectOf('tt0063350');
const EPISODE = subjectOf('tt1748166', 1, 2);
const SETTINGS = { apiKey: KEY, isPersonal: false, proxyUrl: null } as const;

function upstreamsOf(t: TestContext) {
  const fetcher = createFetcher({ allowPrivate: [] });
  t.after(() => fetcher[Symbol.asyncDispose]());
  return createUpstreams({ fetcher, redis: null, processes: 1, logger: silentLogger });
}

async function openProwlarr(t: TestContext, indexers: readonly FakeProwlarrIndexer[]) {
  const upstream = await startProwlarr({ apiKey: KEY, indexers });
  t.after(() => upstream[Symbol.asyncDispose]());
  const settings = {
    ...SETTINGS,
    kind: 'prowlarr',
    id: 'prowlarr',
    name: 'Prowlarr',
    url: `${upstream.url}/`,
  } as const;
  return { upstream, source: prowlarrSource(settings, upstreamsOf(t)) };
}

async function found(source: Source, subject: SearchSubject = NIGHT): Promise<FoundRelease[]> {
  const releases: FoundRelease[] = [];
  await source.search(subject, { signal: NEVER, found: (some) => releases.push(...some) });
  return releases;
}

const origins = (releases: readonly FoundRelease[]) =>
  [...new Set(releases.map(({ origin }) => origin))].toSorted();
const askedOf = (upstream: FakeUpstream, id: string | number) =>
  upstream.asked.filter(({ path }) => path.startsWith(`/${id}/`)).length;
const askedFor = (upstream: FakeUpstream, path: string) =>
  upstream.asked.filter((asked) => asked.path === path).length;

test('prowlarr: off, failing, useless and unsearchable indexers are not asked', async (t) => {
  const { source, upstream } = await openProwlarr(t, [
    { id: 1, name: 'Good' },
    { id: 2, name: 'Off', isEnabled: false },
    { id: 3, name: 'Failing', disabledTill: '2999-01-01T00:00:00Z' },
    { id: 4, name: 'Recovered', disabledTill: '2020-01-01T00:00:00Z' },
    { id: 5, name: 'Films alone', categories: [2000] },
    { id: 6, name: 'Music', categories: [3000] },
  ]);
  assert.deepEqual(origins(await found(source, EPISODE)), ['Good', 'Recovered']);
  assert.deepEqual(origins(await found(source)), ['Films alone', 'Good', 'Recovered']);
  for (const id of [2, 3, 6]) assert.equal(askedOf(upstream, id), 0, String(id));
  assert.equal(source.canSearch(EPISODE), true);
  const report = await source.test(NEVER);
  assert.deepEqual(
    [report.isWorking, /4 indexers.*1 left out/.test(report.message)],
    [true, true],
    report.message,
  );
});

test('prowlarr: lists are asked for once, whoever searches', async (t) => {
  const { source, upstream } = await openProwlarr(t, [{ id: 1, name: 'One' }]);
  await Promise.all([found(source), found(source, EPISODE), found(source)]);
  await found(source);
  assert.equal(askedFor(upstream, '/api/v1/indexer'), 1);
  assert.equal(askedFor(upstream, '/api/v1/indexerstatus'), 1);
  const caps = upstream.asked.filter(({ query }) => query.get('t') === 'caps');
  assert.equal(caps.length, 1);
});

test('prowlarr: a private tracker has private torrents, a Usenet indexer NZBs without the key', async (t) => {
  const { source } = await openProwlarr(t, [
    { id: 1, name: 'Private', privacy: 'private' },
    { id: 2, name: 'Usenet', protocol: 'usenet' },
  ]);
  const releases = await found(source);
  const of = (origin: string) => releases.filter((release) => release.origin === origin);
  assert.ok(of('Private').length > 0 && of('Private').every(({ isPrivate }) => isPrivate));
  assert.ok(of('Usenet').length > 0 && of('Usenet').every(({ kind }) => kind === 'usenet'));
  assert.ok(!JSON.stringify(releases).includes(KEY));
});

test('prowlarr: a torrent without a hash is looked into', async (t) => {
  const { source } = await openProwlarr(t, [{ id: 1, name: 'Files', hashIn: 'download' }]);
  const releases = await found(source);
  const expected = workByImdb('tt0063350')?.releases.map(downloadedInfohash) ?? [];
  assert.deepEqual(releases.map(({ infohash }) => infohash ?? '').toSorted(), expected.toSorted());
});

test('prowlarr: results come as they are found, and one failing indexer is no failure', async (t) => {
  const { source, upstream } = await openProwlarr(t, [
    { id: 1, name: 'Good' },
    { id: 2, name: 'Hanging' },
    { id: 3, name: 'Failing' },
  ]);
  upstream.script = ({ path, query }) => {
    if (query.get('t') === 'caps') return {};
    if (path.startsWith('/2/')) return { fault: { kind: 'hang' } };
    return path.startsWith('/3/') ? { fault: { kind: 'status', status: 500 } } : {};
  };
  const control = new AbortController();
  const releases: FoundRelease[] = [];
  const search = source.search(NIGHT, {
    signal: control.signal,
    found: (some) => releases.push(...some),
  });
  const outcome = assert.rejects(search, /enough/);
  await eventually('the good one has answered', () => releases.length > 0);
  await eventually('the hanging one is asked', () => askedOf(upstream, 2) > 1);
  control.abort(new AppError('request.cancelled', 'enough'));
  await outcome;
  assert.deepEqual(origins(releases), ['Good']);

  upstream.script = ({ path }) =>
    path.startsWith('/3/') ? { fault: { kind: 'status', status: 500 } } : {};
  assert.deepEqual(origins(await found(source)), ['Good', 'Hanging']);
});

test('prowlarr: many hanging indexers leave room for the others', async (t) => {
  const hanging = Array.from({ length: 16 }, (_, at) => ({ id: at + 1, name: `Hanging ${at}` }));
  const good = { id: 99, name: 'Good', priority: 50 };
  const { source, upstream } = await openProwlarr(t, [...hanging, good]);
  upstream.script = ({ path, query }) =>
    query.get('t') === 'caps' || !/^\/\d\d?\/api/.test(path) || path.startsWith('/99/')
      ? {}
      : { fault: { kind: 'hang' } };
  const control = new AbortController();
  const releases: FoundRelease[] = [];
  const search = source.search(NIGHT, {
    signal: control.signal,
    found: (some) => releases.push(...some),
  });
  const outcome = assert.rejects(search, /enough/);
  await eventually('the good one has answered', () => releases.length > 0);
  await eventually('all are asked', () => upstream.underWay === hanging.length);
  control.abort(new AppError('request.cancelled', 'enough'));
  await outcome;
});

test('prowlarr: when all indexers fail, so does the search', async (t) => {
  const { source, upstream } = await openProwlarr(t, [
    { id: 1, name: 'One' },
    { id: 2, name: 'Two' },
  ]);
  upstream.script = ({ path }) =>
    path.startsWith('/api/') ? {} : { fault: { kind: 'status', status: 500 } };
  await assert.rejects(
    found(source),
    (error) => error instanceof AppError && error.code === 'upstream.failed',
  );
});

test('prowlarr without indexers says so', async (t) => {
  const { source } = await openProwlarr(t, []);
  assert.deepEqual(await found(source), []);
  const report = await source.test(NEVER);
  assert.deepEqual([report.isWorking, /no indexer/.test(report.message)], [false, true]);
});

for (const isOld of [false, true])
  test(`jackett${isOld ? ', an old one' : ''}: each configured indexer is asked by itself`, async (t) => {
    const upstream = await startJackett({
      apiKey: KEY,
      isOld,
      indexers: [
        { id: 'one', name: 'One & Only' },
        { id: 'two', name: 'Two', privacy: 'private' },
        { id: 'three', name: 'Three', isConfigured: false },
      ],
    });
    t.after(() => upstream[Symbol.asyncDispose]());
    const settings = {
      ...SETTINGS,
      kind: 'jackett',
      id: 'jackett',
      name: 'Jackett',
      url: upstream.url,
    } as const;
    const source = jackettSource(settings, upstreamsOf(t));
    const releases = await found(source);
    assert.deepEqual(origins(releases), ['One & Only', 'Two']);
    assert.ok(releases.every(({ origin, isPrivate }) => isPrivate === (origin === 'Two')));
    const together = upstream.asked.filter(({ path }) => /\/(all|!status:failing)\//.test(path));
    assert.ok(together.every(({ query }) => query.get('t') === 'indexers'));
    assert.equal(together.length, isOld ? 2 : 1);
    assert.match((await source.test(NEVER)).message, /2 indexers/);
  });

test('peer: the Torznab output is read, at the root of the instance', async (t) => {
  const upstream = await startPeer({ settings: 'D-canary' });
  t.after(() => upstream[Symbol.asyncDispose]());
  const settings = {
    ...SETTINGS,
    kind: 'mediafusion',
    id: 'peer',
    name: 'Peer',
    url: `${upstream.url}/D-canary/manifest.json`,
  } as const;
  const releases = await found(peerSource(settings, upstreamsOf(t)));
  assert.equal(releases.length, workByImdb('tt0063350')?.releases.length);
  assert.ok(upstream.asked.every(({ path }) => path.startsWith('/torznab')));
});

test('peer: without that output its stream list is read, and the output not asked for again', async (t) => {
  const upstream = await startPeer({ torznab: 'off' });
  t.after(() => upstream[Symbol.asyncDispose]());
  const settings = {
    ...SETTINGS,
    kind: 'mediafusion',
    id: 'peer',
    name: 'Peer',
    url: upstream.url,
  } as const;
  const source = peerSource(settings, upstreamsOf(t));
  assert.ok((await found(source)).length > 0);
  const before = upstream.asked.filter(({ path }) => path.startsWith('/torznab')).length;
  assert.ok((await found(source, EPISODE)).length > 0);
  assert.equal(upstream.asked.filter(({ path }) => path.startsWith('/torznab')).length, before);
  assert.match((await source.test(NEVER)).message, /answers/);
});

test('peer: one that is down is not asked twice in a search', async (t) => {
  const upstream = await startPeer({ script: { fault: { kind: 'status', status: 500 } } });
  t.after(() => upstream[Symbol.asyncDispose]());
  const settings = {
    ...SETTINGS,
    kind: 'mediafusion',
    id: 'peer',
    name: 'Peer',
    url: upstream.url,
  } as const;
  await assert.rejects(
    found(peerSource(settings, upstreamsOf(t))),
    (error) => error instanceof AppError && error.code === 'upstream.failed',
  );
  assert.ok(upstream.asked.every(({ path }) => path.startsWith('/torznab')));
});
