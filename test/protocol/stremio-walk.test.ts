/**
 * A real Stremio client over real HTTP: manifest → every catalogue → meta → streams, for every title and
 * episode of the demo catalogue. Protects the promise of the first start: everything listed opens, and
 * everything that the data has streams for plays.
 */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import { demoPublicId } from '../../src/features/library/demo-titles.ts';
import {
  parseDemoCatalog,
  readDemoCatalog,
  type DemoStream,
  type DemoTitle,
} from '../../src/features/library/demo-catalog.ts';
import type { Manifest, Meta, MetaPreview, Stream } from '../../src/lib/stremio/types.ts';
import { appModes, startApp, type RunningApp } from '../support/start-app.ts';

interface Addon {
  readonly manifest: Manifest;
  isSupported(resource: string, type: string, id: string): boolean;
  get(
    resource: string,
    type: string,
    id: string,
    extra?: Readonly<Record<string, string | number>>,
  ): Promise<unknown>;
}

const client = createRequire(import.meta.url)('stremio-addon-client') as {
  detectFromURL(url: string): Promise<{ readonly addon: Addon }>;
};

/** Requests in flight at once: enough to be quick, few enough to be a client. */
const WALKERS = 8;

for (const mode of appModes())
  describe(`stremio-addon-client walks the demo, ${mode}`, () => {
    let app: RunningApp;
    let addon: Addon;
    let titles: readonly DemoTitle[];

    before(async () => {
      titles = parseDemoCatalog(await readDemoCatalog());
      app = await startApp({ mode });
      ({ addon } = await client.detectFromURL(`${app.baseUrl}/manifest.json`));
    });
    after(async () => {
      await app[Symbol.asyncDispose]();
    });

    const metasOf = async (type: string, id: string, extra?: Record<string, string | number>) =>
      ((await addon.get('catalog', type, id, extra)) as { readonly metas: readonly MetaPreview[] })
        .metas;
    /** What catalogues list: titles that play, as opening one of this instance searches for nothing. */
    const listedOf = (type: string) =>
      titles.filter((title) => title.type === type && plays(title));
    const clientIds = (some: readonly DemoTitle[]) => some.map(clientIdOf).toSorted();

    test('latest and popular list every title of their type that plays once, on all pages', async () => {
      for (const type of addon.manifest.types) {
        for (const id of ['latest', 'popular']) {
          assert.deepEqual(
            ids(await allPages(type, id)),
            clientIds(listedOf(type)),
            `${type} ${id}`,
          );
        }
      }
    });

    async function allPages(type: string, id: string): Promise<readonly MetaPreview[]> {
      const found: MetaPreview[] = [];
      for (;;) {
        const page = await metasOf(
          type,
          id,
          found.length === 0 ? undefined : { skip: found.length },
        );
        if (page.length === 0) return found;
        found.push(...page);
      }
    }

    test('every genre that the manifest offers lists the titles of that genre, and all genres are offered', async () => {
      for (const catalog of addon.manifest.catalogs.filter((entry) => entry.id !== 'search')) {
        const options = catalog.extra.find((extra) => extra.name === 'genre')?.options ?? [];
        const inData = new Set(listedOf(catalog.type).flatMap((title) => title.genres));
        assert.deepEqual([...options].toSorted(), [...inData].toSorted());
        await eachOf(options, async (genre) => {
          const expected = listedOf(catalog.type).filter((title) => title.genres.includes(genre));
          assert.deepEqual(
            ids(await metasOf(catalog.type, catalog.id, { genre })),
            clientIds(expected),
            genre,
          );
        });
      }
    });

    test('search finds every title by its full title, whatever the case', async () => {
      await eachOf(titles, async (title) => {
        for (const search of [title.name, title.name.toUpperCase()]) {
          const found = await metasOf(title.type, 'search', { search });
          assert.ok(
            found.some((entry) => entry.id === clientIdOf(title)),
            `${search}: ${JSON.stringify(ids(found))}`,
          );
        }
      });
      assert.deepEqual(await metasOf('movie', 'search', { search: 'zzzz qqqq' }), []);
    });

    test('every title has meta under its client id and our own, series with their episodes', async () => {
      await eachOf(titles, async (title) => {
        for (const id of new Set([clientIdOf(title), demoPublicId(title)])) {
          const { meta } = (await addon.get('meta', title.type, id)) as { readonly meta: Meta };
          assert.equal(meta.id, id);
          assert.equal(meta.name, title.name);
          assert.ok(meta.description?.startsWith(title.description), id);
          assert.deepEqual([...(meta.genres ?? [])].toSorted(), title.genres.toSorted());
          const videos =
            title.type === 'movie'
              ? undefined
              : title.videos.map((v) => `${id}:${v.season}:${v.episode}`);
          assert.deepEqual(
            meta.videos?.map((video) => video.id),
            videos,
            id,
          );
          for (const video of meta.videos ?? [])
            assert.ok(!Number.isNaN(Date.parse(video.released)), video.id);
        }
      });
    });

    test('streams: exactly those of the data for every title and episode, a row that says so for the others', async () => {
      const playables = titles.flatMap((title) =>
        title.type === 'movie'
          ? [{ title, suffix: '', streams: title.streams }]
          : title.videos.map((video) => ({
              title,
              suffix: `:${video.season}:${video.episode}`,
              streams: video.streams,
            })),
      );
      await eachOf(playables, async ({ title, suffix, streams }) => {
        for (const titleId of allIdsOf(title)) {
          const id = `${titleId}${suffix}`;
          assert.ok(addon.isSupported('stream', title.type, id), id);
          const answer = (await addon.get('stream', title.type, id)) as {
            readonly streams: readonly Stream[];
          };
          if (streams.length === 0) {
            assert.deepEqual(
              answer.streams.map(({ externalUrl }) => externalUrl),
              [`${app.baseUrl}/configure`],
              id,
            );
            assert.match(
              answer.streams[0]?.description ?? '',
              /^No(?:thing found yet| stream of this title)\n/,
            );
            continue;
          }
          assert.deepEqual(
            answer.streams.map(targetOf).toSorted(),
            streams.map(expectedTarget).toSorted(),
            id,
          );
          for (const stream of answer.streams) assertWellFormed(stream);
        }
      });
    });
  });

function plays({ streams, videos }: DemoTitle): boolean {
  return [streams, ...videos.map((video) => video.streams)].some((some) => some.length > 0);
}

function clientIdOf(title: DemoTitle): string {
  return title.imdb_id ?? demoPublicId(title);
}

function allIdsOf(title: DemoTitle): readonly string[] {
  const tmdb = title.tmdb_id === null ? [] : [`tmdb:${title.tmdb_id}`];
  return [...new Set([clientIdOf(title), demoPublicId(title), ...tmdb])];
}

function ids(metas: readonly MetaPreview[]): string[] {
  return metas.map((entry) => entry.id).toSorted();
}

function targetOf(stream: Stream): string {
  return stream.infoHash ?? stream.url ?? '';
}

function expectedTarget(stream: DemoStream): string {
  return stream.kind === 'torrent' ? stream.infohash : stream.url;
}

function assertWellFormed(stream: Stream): void {
  assert.ok(stream.name !== '' && stream.description !== '', JSON.stringify(stream));
  assert.ok(stream.behaviorHints?.bingeGroup, JSON.stringify(stream));
  if (stream.infoHash !== undefined) {
    assert.match(stream.infoHash, /^[0-9a-f]{40}$/);
    for (const source of stream.sources ?? []) assert.match(source, /^(tracker:|dht:)/);
  }
}

/** Runs `visit` over all items, `WALKERS` at a time. */
async function eachOf<T>(items: readonly T[], visit: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const walk = async () => {
    for (const item of queue) await visit(item);
  };
  await Promise.all(Array.from({ length: WALKERS }, walk));
}
