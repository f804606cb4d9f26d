/**
 * An install address that was not seen before: decoding, checking, compiling; the bar is on the decoding. And from
 * which size on the content of an address is worth deflating: every request carries it, few are the first.
 */
import { deflateRawSync } from 'node:zlib';
import { Bench } from 'tinybench';
import { userContext } from '../src/features/configure/context.ts';
import { BARE_INSTANCE } from '../src/features/configure/instance-offer.ts';
import { encodeCompact } from '../src/lib/install-token/compact.ts';
import { DICTIONARY_VERSION } from '../src/lib/install-token/dictionary.ts';
import {
  readInstallToken,
  unpackConfig,
  writeInstallToken,
} from '../src/lib/install-token/install-token.ts';
import { KeyRing } from '../src/lib/install-token/key-ring.ts';
import { acceptUserConfig, installedUserConfig } from '../src/lib/user-config/user-config.ts';
import { TYPICAL_CONFIG } from '../test/support/config-fixtures.ts';
import { lineUs } from './fixtures/bodies.ts';
import type { BenchSuite, CrossoverPoint } from './suite.ts';

const RING = new KeyRing(['a-key-for-measurements-only', 'a-former-key-of-the-same']);
const DECODE = 'address to document';
const DEFLATED = 0x80;
/** A telephone out of doors. */
const LINE_MBIT_PER_S = 10;
const BYTES_PER_CHARACTER = 0.75;
/** What users put in: the variables of a long description, none like the other. */
const TEMPLATE_LINES = [
  '{stream.resolution} {if stream.quality}{stream.quality|upper}{/if}',
  "{if stream.hdr_formats}🎨 {stream.hdr_formats|join(' | ')}{/if}",
  '{if stream.size > 0}📦 {stream.size|bytes}{/if} {if stream.seeders}👤 {stream.seeders}{/if}',
  "{if stream.languages}🌐 {stream.languages|join(' + ')}{/if}",
  "{if stream.audio_formats}🎵 {stream.audio_formats|join(' ')}{/if}",
  '🔗 {stream.source} {if stream.uploader}🧑‍💻 {stream.uploader}{/if}',
  '{if stream.is_remastered}remastered{elif stream.is_extended}extended{/if}',
  '📄 {stream.name|truncate(80)}',
];
const TEMPLATE_LINE_COUNTS = [0, 1, 2, 4, 8, 16];

export function openInstallTokenBench(): Promise<BenchSuite> {
  const token = writeInstallToken(acceptUserConfig(TYPICAL_CONFIG), RING);
  const bench = new Bench({ name: 'install addresses', time: 600, warmupTime: 200 })
    .add(DECODE, () => {
      readInstallToken(token, RING);
    })
    .add('  with check and canonical form', () => {
      installedUserConfig(readInstallToken(token, RING));
    })
    .add('  with everything that a request needs', () => {
      userContext(installedUserConfig(readInstallToken(token, RING)), BARE_INSTANCE);
    });
  return Promise.resolve({
    bench,
    sizesBytes: { [DECODE]: token.length },
    bars: [{ task: DECODE, metric: 'p50Us', max: 40 }],
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
}

export function openTokenDeflateBench(): Promise<BenchSuite> {
  const bench = new Bench({
    name: 'content of install addresses, plain and deflated',
    time: 400,
    warmupTime: 50,
  });
  const sizesBytes: Record<string, number> = {};
  const points: CrossoverPoint[] = [];
  for (const lines of TEMPLATE_LINE_COUNTS) {
    const text = Array.from(
      { length: lines },
      (_, line) => TEMPLATE_LINES[line % TEMPLATE_LINES.length] ?? '',
    ).join('\n');
    const config = acceptUserConfig(
      lines === 0 ? TYPICAL_CONFIG : { ...TYPICAL_CONFIG, st: { t: '', d: text } },
    );
    const compact = encodeCompact(config);
    const packed = {
      plain: Buffer.concat([Buffer.of(DICTIONARY_VERSION), compact]),
      deflated: Buffer.concat([
        Buffer.of(DEFLATED | DICTIONARY_VERSION),
        deflateRawSync(compact, { level: 9 }),
      ]),
    };
    const side = (form: 'plain' | 'deflated') => {
      const task = `${form}, ${compact.byteLength} bytes`;
      bench.add(task, () => {
        unpackConfig(packed[form]);
      });
      sizesBytes[task] = packed[form].byteLength;
      return {
        task,
        addedUs: lineUs(packed[form].byteLength / BYTES_PER_CHARACTER, LINE_MBIT_PER_S),
      };
    };
    points.push({ size: compact.byteLength, below: side('plain'), above: side('deflated') });
  }
  return Promise.resolve({
    bench,
    sizesBytes,
    crossovers: [{ name: 'install-token.deflate', metric: 'p50Us', points }],
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
}
