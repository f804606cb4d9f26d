/** The body of 25 of 200 rows: straight to bytes, against objects and JSON.stringify; and rank with present. */
import { Bench } from 'tinybench';
import { StreamPresenter } from '../src/features/streams/present.ts';
import { rank } from '../src/lib/ranking/rank.ts';
import { decodeStreamSet } from '../src/lib/stream-set/decode.ts';
import { encodeStreamSet } from '../src/lib/stream-set/encode.ts';
import { ANONYMOUS } from './fixtures/contexts.ts';
import { plainPresent } from './fixtures/plain-present.ts';
import { FIXTURE_MEDIA, fixtureRows } from './fixtures/stream-rows.ts';
import type { BenchSuite } from './suite.ts';

const ADDON_NAME = 'Sluice';
const CONTENDER = '  contender: objects and JSON.stringify';

export async function openPresentBench(): Promise<BenchSuite> {
  const set = decodeStreamSet(encodeStreamSet(FIXTURE_MEDIA, fixtureRows(200)));
  if (set === null) throw new Error('the fixed rows do not decode');
  const presenter = new StreamPresenter({ rowBytesMax: 1_000_000, addonName: ADDON_NAME });
  const { ranking } = ANONYMOUS.anonymous.list;
  const { shown: rows } = rank(set, ranking, null);
  const count = rows.length;
  const objects = { streams: plainPresent(set, rows, count, ADDON_NAME) };
  const body = presenter.present(set, rows, count);
  const bytesTask = `present ${count} of 200 rows, straight to bytes`;
  const bench = new Bench({ name: 'present', time: 600, warmupTime: 100 })
    .add(bytesTask, () => {
      presenter.present(set, rows, count);
    })
    .add(CONTENDER, () => {
      Buffer.from(JSON.stringify({ streams: plainPresent(set, rows, count, ADDON_NAME) }));
    })
    .add('  of which JSON.stringify and UTF-8 alone', () => {
      Buffer.from(JSON.stringify(objects));
    })
    .add('rank and present', () => {
      const { shown } = rank(set, ranking, null);
      presenter.present(set, shown, shown.length);
    });
  return {
    bench,
    sizesBytes: { [bytesTask]: body.byteLength },
    bars: [
      { task: 'rank and present', metric: 'p50Us', max: 200 },
      { task: bytesTask, metric: 'p50Us', against: CONTENDER, ratioMax: 0.5 },
    ],
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
