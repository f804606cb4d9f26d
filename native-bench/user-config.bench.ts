/**
 * A configuration from JSON to what requests use: once when somebody saves it, and once in each process for an
 * install that it has not seen. The whole way from an address is in `install-token.bench.ts`.
 */
import { Bench } from 'tinybench';
import { userContext } from '../src/features/configure/context.ts';
import { BARE_INSTANCE } from '../src/features/configure/instance-offer.ts';
import {
  checkExpressions,
  compileExpressions,
  compileTexts,
} from '../src/lib/name-filter/name-filter.ts';
import { compileRanking } from '../src/lib/ranking/compile.ts';
import { compileStreamTemplate } from '../src/lib/stream-template/stream-variables.ts';
import {
  acceptUserConfig,
  installedUserConfig,
  readUserConfig,
} from '../src/lib/user-config/user-config.ts';
import { TYPICAL_CONFIG } from '../test/support/config-fixtures.ts';
import type { BenchSuite } from './suite.ts';

const PATTERNS = ['cam', 'telesync', '3D', '\\bHDTS\\b', 'S\\d{2}E\\d{2}'];
const TEMPLATE =
  "{addon.name} {stream.resolution}{if stream.hdr_formats} {stream.hdr_formats|join(' ')}{/if}\n{stream.size|bytes}";
const WHOLE = 'canonical form to context';

export function openUserConfigBench(): Promise<BenchSuite> {
  const json = JSON.stringify(TYPICAL_CONFIG);
  const accepted = acceptUserConfig(TYPICAL_CONFIG);
  const settings = readUserConfig(accepted);
  const bench = new Bench({ name: 'configurations', time: 400, warmupTime: 100 })
    .add('  floor: JSON.parse of the same', () => {
      JSON.parse(json);
    })
    .add('check of what a user saves', () => {
      acceptUserConfig(TYPICAL_CONFIG);
    })
    .add('check of what is installed', () => {
      installedUserConfig(accepted);
    })
    .add('canonical form to settings', () => {
      readUserConfig(accepted);
    })
    .add('settings to ranking tables', () => {
      compileRanking(settings.ranking);
    })
    .add('stream template', () => {
      compileStreamTemplate(TEMPLATE);
    })
    .add('name filter, 3 texts', () => {
      compileTexts(PATTERNS.slice(0, 3));
    })
    .add('name filter, 5 expressions checked', () => {
      checkExpressions(PATTERNS);
    })
    .add('name filter, 5 expressions compiled', () => {
      compileExpressions(PATTERNS);
    })
    .add(WHOLE, () => {
      userContext(accepted, BARE_INSTANCE);
    });
  return Promise.resolve({
    bench,
    sizesBytes: { '  floor: JSON.parse of the same': json.length },
    bars: [{ task: WHOLE, metric: 'p50Us', max: 400 }],
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
}
