/** Installs for measurements: every one with other settings, or all with equal settings and other credentials. */
import { KeyRing } from '../src/lib/install-token/key-ring.ts';
import { writeInstallToken } from '../src/lib/install-token/install-token.ts';
import type { JsonObject } from '../src/lib/json/json-value.ts';
import { acceptUserConfig } from '../src/lib/user-config/user-config.ts';
import { Random } from './seed/random.ts';

export type PerfToken = string;

/** `SECRET_KEY` of the servers under measurement. */
export const PERF_SECRET_KEY = 'a-key-for-measurements-only';

const RESOLUTIONS = ['2160p', '1440p', '1080p', '720p', '576p', '480p', null];
const QUALITY_GROUPS = ['BluRay/UHD', 'WEB/HD', 'DVD/TV/SAT', 'CAM/Screener', 'Unknown'];
const SORT_KEYS = [
  'resolution',
  'quality',
  'language',
  'size',
  'seeders',
  'created_at',
  'codec',
  'hdr',
  'audio',
];
const LANGUAGES = [
  'English',
  'French',
  'German',
  'Spanish',
  'Italian',
  'Portuguese',
  'Hindi',
  'Tamil',
  'Telugu',
  'Russian',
  'Polish',
  'Dutch',
  'Japanese',
  'Korean',
  'Chinese',
  'Arabic',
  'Turkish',
  null,
];

/** `count` configurations that lead to different lists: filters of every kind, an order of their own. */
export function distinctConfigs(count: number): readonly JsonObject[] {
  const random = new Random(7);
  const shuffled = <T>(items: readonly T[]) => {
    const result = [...items];
    for (let at = result.length - 1; at > 0; at--) {
      const other = random.between(0, at);
      [result[at], result[other]] = [result[other] as T, result[at] as T];
    }
    return result;
  };
  return Array.from({ length: count }, (_, index) => ({
    sps: [{ sv: 'p2p', tk: `token-of-user-${index}` }],
    sr: shuffled(RESOLUTIONS),
    qf: shuffled(QUALITY_GROUPS),
    ls: shuffled(LANGUAGES),
    hf: shuffled(['Dolby Vision', 'HDR10', 'SDR', 'Unknown']),
    tsp: shuffled(SORT_KEYS)
      .slice(0, 6)
      .map((k) => ({ k, d: random.onceIn(3) ? 'asc' : 'desc' })),
    ms: 60_000_000_000 + index,
    mns: random.between(0, 500_000_000),
    mspr: random.between(6, 12),
    mxs: 25,
  }));
}

/** `count` configurations with equal preferences and different credentials. */
export function equalConfigs(count: number): readonly JsonObject[] {
  return Array.from({ length: count }, (_, index) => ({
    sps: [{ sv: 'p2p', tk: `token-of-user-${index}` }],
    sr: ['1080p', '2160p', '720p'],
    ls: ['English', 'French', null],
  }));
}

export function installTokens(
  configs: readonly JsonObject[],
): readonly [PerfToken, ...PerfToken[]] {
  const ring = new KeyRing([PERF_SECRET_KEY]);
  const [first = '', ...rest] = configs.map((config) =>
    writeInstallToken(acceptUserConfig(config), ring),
  );
  return [first, ...rest];
}
