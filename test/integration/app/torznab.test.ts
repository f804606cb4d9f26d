/** Torznab of the running program, as clients ask for it, and read by the source of another instance. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { FoundRelease } from '../../../src/features/sources/contract.ts';
import { torznabSource } from '../../../src/features/sources/providers/torznab.ts';
import type { IndexerSettings } from '../../../src/lib/source-settings/source-settings.ts';
import { createFetcher } from '../../../src/platform/fetch/fetcher.ts';
import { createUpstreams } from '../../../src/platform/upstream/upstreams.ts';
import postgres from 'postgres';
import { eventually, NEVER, silentLogger } from '../../support/cache-parts.ts';
import { rawRequest } from '../../support/http-client.ts';
import { subjectOf } from '../../support/source-kits.ts';
import { appModes, startApp, type RunningApp } from '../../support/start-app.ts';

const NIGHT = 'tt0063350';

describe('Torznab of the program', () => {
  let app: RunningApp;
  const fetcher = createFetcher({ allowPrivate: [] });
  before(async () => {
    app = await startApp();
  });
  after(async () => {
    await app[Symbol.asyncDispose]();
    await fetcher[Symbol.asyncDispose]();
  });

  const get = async (query: string, path = '/torznab/api') => {
    const answer = await rawRequest(`${app.baseUrl}${path}?${query}`);
    assert.equal(answer.status, 200);
    return {
      text: answer.body.toString(),
      type: String(answer.headers['content-type']),
      headers: answer.headers,
    };
  };

  test('capabilities, results and errors, at both addresses', async () => {
    for (const path of ['/torznab/api', '/torznab']) {
      const caps = await get('t=caps', path);
      assert.match(caps.type, /^application\/xml/);
      assert.match(caps.text, /<limits max="100" default="50"\/>/);
      assert.match(
        caps.text,
        /<tv-search available="yes" supportedParams="q,season,ep,imdbid,tmdbid,tvdbid"\/>/,
      );
      const newest = await get('t=search&extended=1&offset=0&limit=2', path);
      assert.match(newest.type, /^application\/rss\+xml/);
      assert.equal(newest.text.match(/<item>/g)?.length, 2);
      assert.match(newest.text, /<newznab:response offset="0" total="\d+"\/>/);
    }
    assert.match((await get('')).text, /<error code="200" description="Missing parameter \(t\)/);
    assert.match((await get('t=music')).text, /<error code="202"/);
    assert.match(
      (await get('t=search&limit=many')).text,
      /<error code="201" description="Incorrect parameter \(limit\)/,
    );
    assert.match(
      (await get('t=search&q=%F0%9F%98%80%00%3C%26')).text,
      /<newznab:response offset="0" total="0"/,
    );
    const [first] =
      (await get('t=search&q=night%20living')).text.match(/<item>[\s\S]*?<\/item>/) ?? [];
    for (const part of [
      '<enclosure url="magnet:?xt=urn:btih:50b7dafb7137cbecf045f78e8efbe4ac1a90d139&amp;dn=',
      'type="application/x-bittorrent;x-scheme-handler/magnet"',
      '<torznab:attr name="imdbid" value="tt0063350"/>',
      '<pubDate>',
    ])
      assert.ok(first?.includes(part), part);
  });

  test('another instance finds by id and by name what is here', async () => {
    const upstreams = createUpstreams({ fetcher, redis: null, processes: 1, logger: silentLogger });
    const settings: IndexerSettings = {
      kind: 'torznab',
      id: 'torznab:peer',
      name: 'Peer',
      url: `${app.baseUrl}/torznab`,
      apiKey: '',
      headers: {},
      movieCategories: null,
      seriesCategories: null,
      isPersonal: false,
      proxyUrl: null,
    };
    const source = torznabSource(settings, upstreams);
    const report = await source.test(NEVER);
    assert.match(
      report.message,
      /^Sluice answers; films and series; searches by imdbid, tmdbid, tvdbid and by name$/,
    );
    for (const subject of [subjectOf(NIGHT), { ...subjectOf(NIGHT), imdbId: '', tmdbId: '' }]) {
      const releases: FoundRelease[] = [];
      await source.search(subject, { signal: NEVER, found: (some) => releases.push(...some) });
      const [release] = releases;
      assert.equal(release?.infohash, '50b7dafb7137cbecf045f78e8efbe4ac1a90d139');
      assert.equal(release?.imdbId, NIGHT);
      assert.ok((release?.sizeBytes ?? 0) > 800_000_000);
    }
  });
});

test('an instance whose API is off says so', async () => {
  await using app = await startApp({
    environment: { ENABLE_TORZNAB_API: 'false', DEMO_CATALOG: 'false' },
  });
  const answer = await rawRequest(`${app.baseUrl}/torznab/api?t=caps`);
  assert.match(
    answer.body.toString(),
    /<error code="503" description="API disabled \(ENABLE_TORZNAB_API\)"\/>/,
  );
});

const RELEASE = 'Night.of.the.Living.Dead.1968.2160p.UHD.BluRay.x265-PEER';

test(
  'a title is opened here, and its list has what another instance knows',
  { skip: appModes().includes('external-1') ? false : 'needs Redis and PgBouncer' },
  async () => {
    await using peer = await startApp({ mode: 'external-1' });
    const sql = postgres(peer.databaseUri ?? '', { max: 1, onnotice: () => undefined });
    await sql`
      WITH added AS (
        INSERT INTO stream (kind, content_key, name, total_size_bytes, resolution)
        VALUES (0, decode(repeat('ab', 20), 'hex'), ${RELEASE}, 9000000000, 1) RETURNING stream_id
      )
      INSERT INTO stream_link (stream_id, media_id)
      SELECT stream_id, media_id FROM added, media_external_id WHERE external_id = ${NIGHT} AND provider = 'imdb'`;
    await sql.end();
    const sources = [{ name: 'Peer', url: `${peer.baseUrl}/torznab/api`, apiKey: '' }];
    await using app = await startApp({ environment: { TORZNAB_SOURCES: JSON.stringify(sources) } });
    await eventually('the release is in the list', async () => {
      const answer = await rawRequest(`${app.baseUrl}/stream/movie/${NIGHT}.json`);
      return answer.body.toString().includes('ab'.repeat(20));
    });
  },
);
