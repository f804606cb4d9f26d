/** What `npm run perf:ceiling` measures, and the bars. */
import { distinctConfigs, equalConfigs, installTokens, type PerfToken } from './install-tokens.ts';

/** CPU per request at most this multiple of the bare server's (0.60 of its ceiling is 1.67). */
const RATIO_BAR = 1.6;
/** With a configuration in the address: half of the bare server's ceiling. */
const CONFIGURED_RATIO_BAR = 2;

/** Titles with 200 and 2,000 streams that `contenders.ts` seeds. */
export const HEAVY_TITLE = 'tt9000200';
export const HEAVIEST_TITLE = 'tt9002000';

/** Which of the servers in `contenders.ts` is measured. */
export type ServerName = 'sluice' | 'withoutReuse' | 'forgetful';

export interface CeilingCase {
  readonly name: string;
  /** Asked in turn, over and over. */
  readonly paths: readonly [string, ...string[]];
  readonly headers: Record<string, string>;
  readonly server: ServerName;
  /** Highest multiple of the bare server's CPU per request; null where CPU itself is the bar. */
  readonly ratioMax: number | null;
  /** Highest CPU per request in microseconds; null where the ratio is the bar, both null where it is reported only. */
  readonly microsMax: number | null;
}

function plain(name: string, path: string, headers: Record<string, string> = {}): CeilingCase {
  return { name, paths: [path], headers, server: 'sluice', ratioMax: RATIO_BAR, microsMax: null };
}

const GZIP = { 'Accept-Encoding': 'gzip' };
const STREAM = `/stream/movie/${HEAVY_TITLE}.json`;
const DISTINCT = 10_000;

/** Paths of installs; made once, because sealing 10,000 tokens takes a second. */
export function ceilingCases(): readonly CeilingCase[] {
  const distinct = installTokens(distinctConfigs(DISTINCT));
  const equal = installTokens(equalConfigs(100));
  const of = (
    tokens: readonly [PerfToken, ...PerfToken[]],
    path: string,
  ): readonly [string, ...string[]] => {
    const [first, ...rest] = tokens;
    return [`/${first}${path}`, ...rest.map((token) => `/${token}${path}`)];
  };
  const configured = { headers: {}, server: 'sluice', ratioMax: null, microsMax: null } as const;
  return [
    plain('stream identity', STREAM),
    plain('stream gzip', STREAM, GZIP),
    plain('manifest', '/manifest.json'),
    plain('manifest gzip', '/manifest.json', GZIP),
    plain('catalog', '/catalog/movie/latest.json'),
    plain('catalog gzip', '/catalog/movie/latest.json', GZIP),
    plain('poster', '/poster/movie/tt1254207.jpg'),
    {
      ...plain('stream without reuse', STREAM),
      server: 'withoutReuse',
      ratioMax: null,
      microsMax: 200,
    },
    {
      ...configured,
      name: 'configured stream, equal settings',
      paths: of(equal, STREAM),
      ratioMax: CONFIGURED_RATIO_BAR,
    },
    {
      ...configured,
      name: 'configured manifest',
      paths: of(equal, '/manifest.json'),
      ratioMax: CONFIGURED_RATIO_BAR,
    },
    {
      ...configured,
      name: 'distinct settings, 200 rows',
      paths: of(distinct, STREAM),
      microsMax: 250,
    },
    {
      ...configured,
      name: 'distinct settings, 2,000 rows',
      paths: of(distinct, `/stream/movie/${HEAVIEST_TITLE}.json`),
      microsMax: 700,
    },
    {
      ...configured,
      name: 'never-seen settings, 200 rows',
      paths: of(distinct, STREAM),
      server: 'forgetful',
    },
  ];
}
