/** Protects which file of a torrent is played: layouts decided by hand, and that another episode is never taken. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { chooseFile } from '../../../../src/lib/file-choice/choose-file.ts';
import { isPlayable } from '../../../../src/lib/file-choice/playable-files.ts';
import { assertGolden } from '../../../support/golden.ts';
import { animeLayouts } from './anime-conventions.ts';
import { seriesLayouts } from './conventions.ts';
import {
  answer,
  answerOf,
  filesOf,
  GENERATED,
  isRefusal,
  readLayouts,
  wantedOf,
  type Ask,
  type Layout,
} from './layout.ts';
import { movieLayouts } from './movie-conventions.ts';

const LAYOUTS = readLayouts();
const LAYOUTS_MIN = 400;

interface Scored {
  readonly layout: Layout;
  readonly ask: Ask;
  readonly got: string;
}

function scored(): readonly Scored[] {
  return LAYOUTS.flatMap((layout) =>
    layout.asks.map((ask) => ({ layout, ask, got: answer(layout, ask) })),
  );
}

function textOf({ layout, ask, got }: Scored): string {
  return `${layout.layout}: S${ask.season ?? 0}E${ask.episode ?? 0}: ${got}, right is ${ask.plays}`;
}

test('layouts of the conventions are the written ones', async () => {
  const layouts = [...seriesLayouts(), ...animeLayouts(), ...movieLayouts()];
  await assertGolden(GENERATED, layouts.map((layout) => `${JSON.stringify(layout)}\n`).join(''));
});

test('every layout has the answer that is right by hand', () => {
  assert.ok(LAYOUTS.length >= LAYOUTS_MIN, `${LAYOUTS.length} layouts`);
  const bad = scored().filter(({ ask, got }) => got !== ask.plays);
  assert.deepEqual(bad.filter(({ got }) => !isRefusal(got)).map(textOf), [], 'wrong files');
  assert.deepEqual(bad.map(textOf), [], 'refused, or not refused');
});

test('every path of a layout is there once, and what shall be played is one of them', () => {
  for (const layout of LAYOUTS) {
    const paths = layout.files.map(([path]) => path);
    assert.equal(new Set(paths).size, paths.length, layout.layout);
    for (const { plays } of layout.asks)
      assert.ok(isRefusal(plays) || paths.includes(plays), `${layout.layout}: ${plays}`);
  }
});

const anyLayout = fc.constantFrom(...LAYOUTS);
const anyAsk = anyLayout.chain((layout) =>
  fc.record({ layout: fc.constant(layout), ask: fc.constantFrom(...layout.asks) }),
);

test('the order of the files does not matter, unless an index counts', () => {
  const withoutIndex = anyAsk.filter(({ ask }) => ask.fileIndex === undefined);
  fc.assert(
    fc.property(withoutIndex, fc.infiniteStream(fc.nat()), ({ layout, ask }, order) => {
      const keyed = filesOf(layout).map((file) => ({ file, key: Number(order.next().value) }));
      const files = keyed.toSorted((a, b) => a.key - b.key).map(({ file }) => file);
      assert.equal(answerOf(chooseFile(files, wantedOf(layout, ask))), answer(layout, ask));
    }),
    { numRuns: 200 },
  );
});

test('a pack without the right file is refused', () => {
  const onlyOnce = anyAsk.filter(
    ({ layout, ask }) =>
      layout.type === 'series' && layout.holdsTwice !== true && !isRefusal(ask.plays),
  );
  fc.assert(
    fc.property(onlyOnce, ({ layout, ask }) => {
      const files = filesOf(layout).filter(({ path }) => path !== ask.plays);
      const got = answerOf(chooseFile(files, wantedOf(layout, ask)));
      assert.ok(isRefusal(got), `${layout.layout}: ${got} for ${ask.plays}`);
    }),
    { numRuns: 300 },
  );
});

test('a sample that is left alone is not the episode', () => {
  for (const layout of LAYOUTS.filter((one) => one.layout.includes('under a hidden name'))) {
    const samples = filesOf(layout).filter(({ path }) => path.includes('sample'));
    for (const ask of layout.asks)
      assert.ok(isRefusal(answerOf(chooseFile(samples, wantedOf(layout, ask)))), layout.layout);
  }
});

const anyText = fc.oneof(
  fc.string({ maxLength: 60, unit: 'binary' }),
  fc.stringMatching(/^[A-Za-z0-9 ._/()[\]-]{0,50}\.(mkv|mp4|avi|srt)$/),
  anyLayout.map(({ files }) => files[0]?.[0] ?? ''),
);
const anyFile = fc.record({
  path: anyText,
  sizeBytes: fc.oneof(fc.nat(), fc.constantFrom(0, -1, Number.NaN, Infinity)),
});

test('whatever the files are: it does not throw, and what it takes is a video of the list', () => {
  const number = fc.oneof(fc.nat({ max: 30 }), fc.integer(), fc.constant(Number.NaN));
  fc.assert(
    fc.property(
      fc.array(anyFile, { maxLength: 20 }),
      fc.record({
        season: number,
        episode: number,
        absoluteEpisode: number,
        fileIndex: number,
        fileCount: number,
        fileSizeBytes: number,
      }),
      fc.record({ filename: anyText, airDate: anyText, torrentName: anyText }),
      fc.constantFrom<'movie' | 'series'>('movie', 'series'),
      (files, numbers, texts, type) => {
        const choice = chooseFile(files, {
          type,
          names: ['Show'],
          year: 0,
          isAnime: numbers.season > 3,
          episodesInSeason: 0,
          ...numbers,
          ...texts,
        });
        if ('none' in choice) return;
        assert.ok(files.includes(choice.file));
        assert.ok(isPlayable(choice.file));
      },
    ),
    { numRuns: 500 },
  );
});

test('one episode of ten thousand is found', () => {
  const files = Array.from({ length: 10_000 }, (_, index) => ({
    path: `Show/Season ${Math.floor(index / 100)}/Show.S${Math.floor(index / 100)}E${(index % 100) + 1}.mkv`,
    sizeBytes: index,
  }));
  const layout: Layout = {
    layout: '',
    torrent: 'Show',
    type: 'series',
    names: ['Show'],
    year: 2000,
    files: [],
    asks: [],
  };
  const choice = chooseFile(files, wantedOf(layout, { season: 7, episode: 5, plays: '' }));
  assert.equal(answerOf(choice), 'Show/Season 7/Show.S7E5.mkv');
});

test('torrents of ten thousand files are settled within a second of work', () => {
  const torrents: ((index: number) => string)[] = [
    (index) =>
      `Show/Season ${Math.floor(index / 100)}/Show.S${Math.floor(index / 100)}E${(index % 100) + 1}.mkv`,
    (index) => `Show/${index} - 05.mkv`,
    (index) => `Show/Show.${index}.mkv`,
    (index) => `${'a/'.repeat(100)}S01E05 ${index}${' 5'.repeat(100)}.mkv`,
    (index) => `Show/Film (${1900 + (index % 120)}) ${index}.mkv`,
  ];
  for (const pathOf of torrents) {
    const files = Array.from({ length: 10_000 }, (_, index) => ({
      path: pathOf(index),
      sizeBytes: index,
    }));
    for (const type of ['movie', 'series'] as const) {
      const layout: Layout = {
        layout: '',
        torrent: 'Show',
        type,
        names: ['Show'],
        year: 2000,
        files: [],
        asks: [],
      };
      const before = process.cpuUsage();
      chooseFile(files, wantedOf(layout, { season: 7, episode: 5, plays: '' }));
      const { user } = process.cpuUsage(before);
      assert.ok(user < 1_000_000, `${pathOf(1)} as ${type}: ${user} µs`);
    }
  }
});
