/** The pieces that the body of a list of streams is made of. What a whole body costs is in `present.bench.ts`. */
import { Bench } from 'tinybench';
import { ByteWriter } from '../src/lib/json/byte-writer.ts';
import type { BenchSuite } from './suite.ts';

/** One piece alone is shorter than the clock can tell. */
const PIECES = 1000;
const ROOM_BYTES = 1024 * 1024;

export function openByteWriterBench(): Promise<BenchSuite> {
  const writer = new ByteWriter(ROOM_BYTES, ROOM_BYTES);
  const name = Buffer.from('Lantern.Harbour.2021.1080p.WEB-DL.DDP5.1.H.264-HARBOR.mkv');
  const label = Buffer.from('"description":"');
  const fill = (write: () => void) => () => {
    writer.at = 0;
    for (let piece = 0; piece < PIECES; piece++) write();
  };
  const bench = new Bench({ name: `byte writer, ${PIECES} pieces`, time: 300, warmupTime: 50 })
    .add(
      'a label of 15 bytes',
      fill(() => writer.raw(label)),
    )
    .add(
      'a name of 57 bytes, escaped',
      fill(() => writer.escaped(name, 0, name.byteLength)),
    )
    .add('  contender: JSON.stringify of the name, to bytes', () => {
      for (let piece = 0; piece < PIECES; piece++)
        Buffer.from(JSON.stringify(name.toString('latin1')));
    })
    .add(
      'a size in bytes',
      fill(() => writer.integer(21_474_836_480)),
    )
    .add(
      'a size in gigabytes',
      fill(() => writer.hundredths(2048)),
    )
    .add(
      'an infohash',
      fill(() => writer.hex(name, 0, 20)),
    );
  return Promise.resolve({ bench, [Symbol.asyncDispose]: () => Promise.resolve() });
}
