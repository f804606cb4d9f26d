/** An install address that was not seen before: decoding, checking, compiling. The bar is on the decoding. */
import { Bench } from 'tinybench';
import { userContext } from '../src/features/configure/context.ts';
import { readInstallToken, writeInstallToken } from '../src/lib/install-token/install-token.ts';
import { KeyRing } from '../src/lib/install-token/key-ring.ts';
import { acceptUserConfig, installedUserConfig } from '../src/lib/user-config/user-config.ts';
import { TYPICAL_CONFIG } from '../test/support/config-fixtures.ts';
import type { BenchSuite } from './suite.ts';

const RING = new KeyRing(['a-key-for-measurements-only', 'a-former-key-of-the-same']);
const DECODE = 'address to document';

export function openInstallTokenBench(): Promise<BenchSuite> {
  const token = writeInstallToken(acceptUserConfig(TYPICAL_CONFIG), RING);
  const bench = new Bench({ name: 'install addresses', time: 600, warmupTime: 200 })
    .add(DECODE, () => { readInstallToken(token, RING); })
    .add('  with check and canonical form', () => { installedUserConfig(readInstallToken(token, RING)); })
    .add('  with everything that a request needs', () => { userContext(installedUserConfig(readInstallToken(token, RING))); });
  return Promise.resolve({
    bench,
    sizesBytes: { [DECODE]: token.length },
    bars: [{ task: DECODE, metric: 'p50Us', max: 40 }],
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
}
