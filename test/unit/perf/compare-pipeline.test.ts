/**
 * Protects the fairness of `perf:compare`: the pipeline contender does all the work that Sluice does. For any streams
 * and settings it shows the same streams, in the same order, with the same texts.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FIXTURE_MEDIA } from '../../../native-bench/fixtures/stream-rows.ts';
import { cachedTitle } from '../../../perf/compare/documents.ts';
import { presentStreams } from '../../../perf/compare/pipeline-present.ts';
import { rankStreams } from '../../../perf/compare/pipeline-ranking.ts';
import {
  pipelineSettings,
  pipelineToken,
  settingsOfToken,
  type PipelineSettings,
} from '../../../perf/compare/pipeline-settings.ts';
import { distinctConfigs } from '../../../perf/install-tokens.ts';
import { StreamPresenter } from '../../../src/features/streams/present.ts';
import type { JsonObject } from '../../../src/lib/json/json-value.ts';
import { compileRanking } from '../../../src/lib/ranking/compile.ts';
import { rank } from '../../../src/lib/ranking/rank.ts';
import { decodeStreamSet } from '../../../src/lib/stream-set/decode.ts';
import { encodeStreamSet } from '../../../src/lib/stream-set/encode.ts';
import type { StreamRow } from '../../../src/lib/stream/fields.ts';
import { acceptUserConfig, readUserConfig } from '../../../src/lib/user-config/user-config.ts';
import { rowArbitrary } from '../lib/stream-set/arbitraries.ts';

const presenter = new StreamPresenter({ addonName: 'Sluice', rowBytesMax: 1_000_000 });
const CONFIGS: readonly JsonObject[] = [
  {},
  { sr: ['1080p', '720p', null], ls: ['English', null], mxs: 5 },
  { stg: 'mixed', mspr: 1 },
  { ept: false },
  { mns: 1_000_000, ms: 2 ** 40, mspt: 3 },
  { tsp: [] },
  ...distinctConfigs(60),
];

function bySluice(rows: readonly StreamRow[], config: JsonObject): unknown {
  const set = decodeStreamSet(
    encodeStreamSet({ ...FIXTURE_MEDIA, type: 'movie', season: 0, episode: 0 }, rows),
  );
  assert.ok(set);
  const { shown } = rank(
    set,
    compileRanking(readUserConfig(acceptUserConfig(config)).ranking),
    null,
  );
  return JSON.parse(presenter.present(set, shown, shown.length).toString());
}

function byPipeline(rows: readonly StreamRow[], settings: PipelineSettings): unknown {
  const { streams, trackerLists } = cachedTitle(rows);
  return { streams: presentStreams(rankStreams(streams, settings), trackerLists) };
}

/** Torrents with an infohash and ids of their own: what the contender answers. Importers never say "unknown" beside a language. */
const torrents = fc.array(rowArbitrary, { maxLength: 60 }).map((rows) =>
  rows.map((row, index): StreamRow => ({
    ...row,
    kind: 0,
    streamId: (row.streamId % 1000) * 100 + index,
    infohash: row.infohash ?? new Uint8Array(20).fill(index + 1),
    languagesHigh: row.languagesHigh & 0xffff,
  })),
);

test('property: for random torrents and settings the pipeline shows what Sluice shows', () => {
  fc.assert(
    fc.property(torrents, fc.constantFrom(...CONFIGS), (rows, config) => {
      assert.deepEqual(byPipeline(rows, pipelineSettings(config)), bySluice(rows, config));
    }),
    { numRuns: 400 },
  );
});

test('a token of the pipeline leads to the settings that went into it', () => {
  const [config = {}] = distinctConfigs(1);
  const { keys, ...settings } = settingsOfToken(pipelineToken(config));
  const { keys: expectedKeys, ...expected } = pipelineSettings(config);
  assert.deepEqual(settings, expected);
  assert.equal(keys.length, expectedKeys.length);
});

test('what the pipeline has not is refused, not left out', () => {
  assert.throws(() => pipelineSettings({ snfm: 'exclude', snfp: ['cam'] }), /no name filter/);
  const link: StreamRow = {
    streamId: 1,
    kind: 1,
    resolution: 0,
    quality: 0,
    codec: 0,
    hdrMask: 0,
    audioMask: 0,
    channelsMask: 0,
    flagsMask: 0,
    languagesLow: 0,
    languagesHigh: 0,
    subtitleLanguagesLow: 0,
    subtitleLanguagesHigh: 0,
    bitDepth: 0,
    fileSizeBytes: 0,
    totalSizeBytes: 0,
    seeders: -1,
    addedAtS: 0,
    fileIndex: -1,
    infohash: null,
    name: '',
    filename: '',
    locator: 'https://example.org/a.mp4',
    source: '',
    releaseGroup: '',
    uploader: '',
    trackers: '',
  };
  assert.throws(() => cachedTitle([link]), /stream 1 is no torrent/);
});
