/**
 * The pieces that the body of a list of streams is made of, and from which length on `TypedArray.set` would copy one
 * faster than the loop in `ByteWriter.raw` does.
 */
import { Bench } from 'tinybench';
import { ByteWriter } from '../src/lib/json/byte-writer.ts';
import type { BenchSuite } from './suite.ts';

/** One piece alone is shorter than the clock can tell. */
const PIECES = 1000;
const LENGTHS = [8, 16, 32, 64, 128, 256, 512];
const ROOM_BYTES = 1024 * 1024;

export function openByteWriterBench(): Promise<BenchSuite> {
  const writer = new ByteWriter(ROOM_BYTES, ROOM_BYTES);
  const target = Buffer.allocUnsafeSlow(ROOM_BYTES);
  const bench = new Bench({ name: `byte writer, ${PIECES} pieces`, time: 300, warmupTime: 50 });
  const fill = (write: () => void) => () => {
    writer.at = 0;
    for (let piece = 0; piece < PIECES; piece++) write();
  };
  for (const length of LENGTHS) {
    const bytes = Buffer.alloc(length, 'Lantern.Harbour.2021.1080p.WEB-DL');
    bench.add(loopTask(length), fill(() => writer.raw(bytes))).add(setTask(length), () => {
      for (let piece = 0, at = 0; piece < PIECES; piece++, at += length) target.set(bytes, at);
    });
  }
  const name = Buffer.from('Lantern.Harbour.2021.1080p.WEB-DL.DDP5.1.H.264-HARBOR.mkv');
  bench
    .add('a name of 57 bytes, escaped', fill(() => writer.escaped(name, 0, name.byteLength)))
    .add('a size in bytes', fill(() => writer.integer(21_474_836_480)))
    .add('an infohash', fill(() => writer.hex(name, 0, 20)));
  return Promise.resolve({
    bench,
    crossovers: [{
      name: 'json.copy-piece', metric: 'p50Us',
      points: LENGTHS.map((size) => ({ size, below: { task: loopTask(size) }, above: { task: setTask(size) } })),
    }],
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
}

function loopTask(length: number): string {
  return `${length} bytes, loop`;
}

function setTask(length: number): string {
  return `${length} bytes, TypedArray.set`;
}
