/** Ranking of columns against the obvious one over objects, and its heap against sorting all packed keys. */
import { Bench } from 'tinybench';
import { compileRanking } from '../src/lib/ranking/compile.ts';
import { fillKeys } from '../src/lib/ranking/keys.ts';
import { rank } from '../src/lib/ranking/rank.ts';
import { decodeStreamSet } from '../src/lib/stream-set/decode.ts';
import { encodeStreamSet } from '../src/lib/stream-set/encode.ts';
import type { StreamSet } from '../src/lib/stream-set/stream-set.ts';
import { DEFAULT_RANKING } from '../src/lib/user-config/user-config.ts';
import { plainRank } from './fixtures/plain-ranking.ts';
import { FIXTURE_MEDIA, fixtureRows } from './fixtures/stream-rows.ts';
import type { BenchSuite } from './suite.ts';

const COMPILED = compileRanking(DEFAULT_RANKING);

export async function openRankingBench(): Promise<BenchSuite> {
  const bench = new Bench({ name: 'ranking', time: 400, warmupTime: 50 });
  for (const count of [20, 200, 2000]) {
    const rows = fixtureRows(count);
    const set = setOf(rows);
    bench
      .add(`rank, ${count} rows`, () => {
        rank(set, COMPILED, null);
      })
      .add(`  contender: sort all packed keys, ${count} rows`, () => {
        sortAll(set);
      })
      .add(`  contender: objects, ${count} rows`, () => {
        plainRank(rows, DEFAULT_RANKING);
      });
  }
  return {
    bench,
    bars: [
      { task: 'rank, 200 rows', metric: 'p50Us', max: 60 },
      {
        task: 'rank, 200 rows',
        metric: 'p50Us',
        against: '  contender: objects, 200 rows',
        ratioMax: 0.05,
      },
    ],
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function setOf(rows: ReturnType<typeof fixtureRows>): StreamSet {
  const set = decodeStreamSet(encodeStreamSet(FIXTURE_MEDIA, rows));
  if (set === null) throw new Error('the fixed rows do not decode');
  return set;
}

const rowNumbers = new Uint16Array(2000).map((_, row) => row);
const keys = new Float64Array(2000 * COMPILED.limbs);
const order = new Uint16Array(2000);
const NO_SERVICES = new Uint8Array(0);

/** Without filter and caps: the sort alone. */
function sortAll(set: StreamSet): void {
  fillKeys(
    {
      columns: set.columns,
      rows: rowNumbers,
      count: set.rowCount,
      isSeries: false,
      services: NO_SERVICES,
      marks: null,
    },
    COMPILED,
    keys,
  );
  const sorted = order.subarray(0, set.rowCount);
  for (let at = 0; at < sorted.length; at++) sorted[at] = at;
  sorted.sort(compareKeys);
}

function compareKeys(a: number, b: number): number {
  for (let limb = 0; limb < COMPILED.limbs; limb++) {
    const difference =
      (keys[a * COMPILED.limbs + limb] ?? 0) - (keys[b * COMPILED.limbs + limb] ?? 0);
    if (difference !== 0) return difference;
  }
  return a - b;
}
