/** The Torznab source against a server that somebody else wrote; skipped where it is not installed. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { FoundRelease, SearchSubject } from '../../../src/features/sources/contract.ts';
import { torznabSource } from '../../../src/features/sources/providers/torznab.ts';
import type { IndexerSettings } from '../../../src/lib/source-settings/source-settings.ts';
import { createFetcher } from '../../../src/platform/fetch/fetcher.ts';
import { createUpstreams } from '../../../src/platform/upstream/upstreams.ts';
import { NEVER, silentLogger } from '../../support/cache-parts.ts';
import { skipWithoutPyackett, startPyackett, type Pyackett } from '../../support/pyackett.ts';
import { subjectOf } from '../../support/source-kits.ts';

const NIGHT = '50b7dafb7137cbecf045f78e8efbe4ac1a90d139';
const PIONEER = 'aabbccddeeff00112233445566778899aabbccdd';

describe('a real Torznab server', { skip: skipWithoutPyackett }, () => {
  let server: Pyackett;
  const fetcher = createFetcher({ allowPrivate: [] });
  const upstreams = createUpstreams({ fetcher, redis: null, processes: 1, logger: silentLogger });
  before(async () => {
    server = await startPyackett([
      {
        name: 'Night.of.the.Living.Dead.1968.1080p.BluRay',
        category: 'movies',
        infohash: NIGHT,
        size: '4.1 GB',
        seeders: 57,
      },
      {
        name: 'Pioneer.One.S01E02.720p &amp; more',
        category: 'tv',
        infohash: PIONEER,
        size: '700 MB',
        seeders: 0,
      },
    ]);
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    await fetcher[Symbol.asyncDispose]();
  });

  const open = (apiKey: string) => {
    const settings: IndexerSettings = {
      kind: 'torznab',
      id: `torznab:${apiKey}`,
      name: 'Real',
      url: server.url,
      apiKey,
      headers: {},
      movieCategories: null,
      seriesCategories: null,
      isPersonal: false,
      proxyUrl: null,
    };
    return torznabSource(settings, upstreams);
  };
  const found = async (subject: SearchSubject) => {
    const releases: FoundRelease[] = [];
    await open(server.apiKey).search(subject, {
      signal: NEVER,
      found: (some) => releases.push(...some),
    });
    return releases;
  };

  test('is tested, with the right key and a wrong one', async () => {
    assert.deepEqual(await open(server.apiKey).test(NEVER), {
      isWorking: true,
      message: 'Site of a test answers; films and series; searches by name',
    });
    assert.deepEqual(await open('wrong-key').test(NEVER), {
      isWorking: false,
      message: 'it answered with error 100: Invalid API key; check the key',
    });
  });

  test('is searched by the names of a film', async () => {
    const releases = await found(subjectOf('tt0063350'));
    const night = releases.find(({ infohash }) => infohash === NIGHT);
    assert.equal(night?.name, 'Night.of.the.Living.Dead.1968.1080p.BluRay');
    assert.equal(night?.seeders, 57);
    assert.ok(Math.abs(night.sizeBytes - 4.1 * 2 ** 30) < 2 ** 20, String(night.sizeBytes));
    assert.deepEqual(night.trackers, ['udp://tracker.test:1337']);
    assert.equal(night.origin, 'Site of a test');
    assert.equal(night.addedAtS, Date.UTC(2020, 4, 1, 10) / 1000);
    assert.ok(
      server.asked.some((url) => url.includes('q=Night of the Living Dead 1968')),
      server.asked.join(),
    );
  });

  test('is searched by season and episode', async () => {
    const releases = await found(subjectOf('tt1748166', 1, 2));
    const pioneer = releases.find(({ infohash }) => infohash === PIONEER);
    assert.equal(pioneer?.name, 'Pioneer.One.S01E02.720p & more');
    assert.ok(
      server.asked.some((url) => url.includes('q=Pioneer One S01E02')),
      server.asked.join(),
    );
  });
});
