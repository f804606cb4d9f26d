/**
 * Libraries that turn the same 200 rows of objects into bytes and back. msgpackr twice: with its native part, which
 * extracts strings, and without. What the product stores instead is in `stream-set.bench.ts`.
 */
import { createRequire } from 'node:module';
import { deserialize, serialize } from 'node:v8';
import type * as Msgpackr from 'msgpackr';
import { Bench } from 'tinybench';
import { FIXTURE_MEDIA, fixtureRows } from './fixtures/stream-rows.ts';
import { jsonRow } from './fixtures/json-row.ts';
import type { BenchSuite } from './suite.ts';

const ROWS = fixtureRows(200);
const VALUE = { media: FIXTURE_MEDIA, rows: ROWS };
const NATIVE_SWITCH = 'MSGPACKR_NATIVE_ACCELERATION_DISABLED';
const DECODE_PURE = 'decode: msgpackr pure, records';
const DECODE_JSON = 'decode: JSON';

export function openSerializationBench(): Promise<BenchSuite> {
  const bench = new Bench({ name: 'serialization of 200 rows', time: 500, warmupTime: 100 });
  const sizesBytes: Record<string, number> = {};
  const add = (name: string, encode: () => Buffer, decode: (bytes: Buffer) => unknown) => {
    // A copy: msgpackr writes the next message over the last one's memory.
    const bytes = Buffer.from(encode());
    bench
      .add(`decode: ${name}`, () => {
        decode(bytes);
      })
      .add(`encode: ${name}`, () => {
        encode();
      });
    sizesBytes[`decode: ${name}`] = bytes.byteLength;
  };
  const notes: string[] = [];
  for (const isNative of [true, false]) {
    const { Packr, isNativeAccelerationEnabled } = loadMsgpackr(isNative);
    const name = `msgpackr ${isNative ? 'native' : 'pure'}`;
    if (isNativeAccelerationEnabled !== isNative) {
      notes.push(`${name} cannot be had here: its rows are left out`);
      continue;
    }
    const [maps, records] = [new Packr({ useRecords: false }), new Packr({})];
    add(
      `${name}, maps`,
      () => maps.pack(VALUE),
      (bytes): unknown => maps.unpack(bytes),
    );
    add(
      `${name}, records`,
      () => records.pack(VALUE),
      (bytes): unknown => records.unpack(bytes),
    );
  }
  add('v8.serialize', () => serialize(VALUE), deserialize);
  add(
    'JSON',
    () => Buffer.from(JSON.stringify({ media: FIXTURE_MEDIA, rows: ROWS.map(jsonRow) })),
    (bytes): unknown => JSON.parse(bytes.toString()),
  );
  return Promise.resolve({
    bench,
    sizesBytes,
    notes,
    bars: [{ task: DECODE_PURE, metric: 'p50Us', against: DECODE_JSON, ratioMax: 0.6 }],
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
}

/** A copy of the library of its own: whether it is native is decided when it is loaded, for all who share it. */
function loadMsgpackr(isNative: boolean): typeof Msgpackr {
  const require = createRequire(import.meta.url);
  const path = require.resolve('msgpackr');
  const before = process.env[NATIVE_SWITCH];
  process.env[NATIVE_SWITCH] = String(!isNative);
  try {
    Reflect.deleteProperty(require.cache, path);
    return require(path) as typeof Msgpackr;
  } finally {
    Reflect.deleteProperty(require.cache, path);
    if (before === undefined) Reflect.deleteProperty(process.env, NATIVE_SWITCH);
    else process.env[NATIVE_SWITCH] = before;
  }
}
