/**
 * The cache format against the others, over the same 200 rows, each plain and deflated (level 1, as
 * deflateBlob does). A decode that gives rows has decoded everything; a StreamSet decodes strings later. msgpackr
 * is the pure one, as in the product; the native one is in `serialization.bench.ts`.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { Packr } from 'msgpackr/pack';
import { Bench } from 'tinybench';
import { decodeStreamSet } from '../src/lib/stream-set/decode.ts';
import { encodeStreamSet } from '../src/lib/stream-set/encode.ts';
import { jsonRow } from './fixtures/json-row.ts';
import { FIXTURE_MEDIA, fixtureRows } from './fixtures/stream-rows.ts';
import type { BenchSuite } from './suite.ts';

const ROWS = fixtureRows(200);
const MANY_ROWS = fixtureRows(2000);

interface Format {
  readonly name: string;
  encode(): Buffer;
  decode(bytes: Buffer): unknown;
}

const plain = new Packr({ useRecords: false });
const records = new Packr({});
const bundled = new Packr({ bundleStrings: true });

function msgpack(name: string, packr: Packr): Format {
  return {
    name,
    encode: () => packr.pack({ media: FIXTURE_MEDIA, rows: ROWS }),
    decode: (bytes): unknown => packr.unpack(bytes),
  };
}

const STREAM_SET: Format = {
  name: 'StreamSet',
  encode: () => encodeStreamSet(FIXTURE_MEDIA, ROWS),
  decode: decodeStreamSet,
};
const RECORDS = msgpack('msgpackr records', records);
const FORMATS: readonly Format[] = [
  STREAM_SET,
  {
    name: 'JSON',
    encode: () => Buffer.from(JSON.stringify({ media: FIXTURE_MEDIA, rows: ROWS.map(jsonRow) })),
    decode: (bytes): unknown => JSON.parse(bytes.toString()),
  },
  msgpack('msgpackr maps', plain),
  RECORDS,
  msgpack('msgpackr records, bundled strings', bundled),
];

export async function openStreamSetBench(): Promise<BenchSuite> {
  const bench = new Bench({ name: 'StreamSet, 200 rows', time: 400, warmupTime: 50 });
  const sizesBytes: Record<string, number> = {};
  const add = (task: string, bytes: Buffer, work: () => unknown) => {
    bench.add(task, () => {
      work();
    });
    sizesBytes[task] = bytes.byteLength;
  };
  for (const { name, encode, decode } of FORMATS) {
    const bytes = Buffer.from(encode());
    const deflated = deflateRawSync(bytes, { level: 1 });
    add(`decode: ${name}`, bytes, () => decode(bytes));
    add(`decode: ${name}, deflate`, deflated, () => decode(inflateRawSync(deflated)));
    add(`encode: ${name}`, bytes, encode);
    add(`encode: ${name}, deflate`, deflated, () => deflateRawSync(encode(), { level: 1 }));
  }
  const many = encodeStreamSet(FIXTURE_MEDIA, MANY_ROWS);
  add('decode: StreamSet of 2,000 rows', many, () => decodeStreamSet(many));
  add('encode: StreamSet of 2,000 rows', many, () => encodeStreamSet(FIXTURE_MEDIA, MANY_ROWS));
  return {
    bench,
    sizesBytes,
    bars: [
      { task: 'decode: StreamSet', metric: 'p50Us', max: 20 },
      { task: 'encode: StreamSet', metric: 'p50Us', max: 400 },
      {
        task: 'decode: StreamSet',
        metric: 'p50Us',
        against: 'decode: msgpackr records',
        ratioMax: 0.25,
      },
      { task: 'encode: StreamSet', metric: 'p50Us', against: 'encode: JSON', ratioMax: 0.6 },
      { task: 'encode: StreamSet', metric: 'bytes', max: RECORDS.encode().byteLength },
    ],
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
