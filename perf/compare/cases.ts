/** What is asked of every contender, and what must hold of the answers' cost. */
import type { JsonObject } from '../../src/lib/json/json-value.ts';
import { distinctConfigs, installTokens } from '../install-tokens.ts';
import type { Contender } from './contenders.ts';

/** How many times Sluice's CPU per request the contender's must be. */
export interface Bar {
  readonly contender: string;
  readonly atLeast: number;
}

export interface ComparedCase {
  readonly name: string;
  readonly description: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bars: readonly Bar[];
  /** Paths to ask in turn, over and over; null for a contender that cannot answer this. */
  pathsOf(contender: Contender, titleIds: readonly string[]): readonly string[] | null;
}

const DISTINCT = 10_000;
const IDENTITY = { 'Accept-Encoding': 'identity' };
const GZIP = { 'Accept-Encoding': 'gzip' };
/** Bare CPU ÷ Sluice's is the share of the ceiling that Sluice reaches. */
const REPEAT_BARS: readonly Bar[] = [
  { contender: 'bare', atLeast: 0.6 },
  { contender: 'stremio-addon-sdk', atLeast: 10 },
  { contender: 'pipeline', atLeast: 15 },
];
const DISTINCT_BARS: readonly Bar[] = [{ contender: 'pipeline', atLeast: 4 }];

/** Sealing 10,000 configurations takes a second. */
export function comparedCases(): readonly ComparedCase[] {
  const configs = distinctConfigs(DISTINCT);
  const sealed = installTokens(configs);
  const plainPaths = (_: Contender, titleIds: readonly string[]) => titleIds.map(streamPath);
  const distinctPathsOf = (contender: Contender, titleIds: readonly string[]) =>
    distinctPaths(contender, titleIds, configs, sealed);
  return [
    {
      name: 'stream-repeat',
      description: 'the same addresses again and again, without settings, uncompressed',
      headers: IDENTITY,
      bars: REPEAT_BARS,
      pathsOf: plainPaths,
    },
    {
      name: 'stream-repeat gzip',
      description:
        'the same addresses again and again, without settings, gzip where the server offers it',
      headers: GZIP,
      bars: REPEAT_BARS,
      pathsOf: plainPaths,
    },
    {
      name: 'stream-distinct',
      description: `${DISTINCT} users in turn, each with other settings, uncompressed`,
      headers: IDENTITY,
      bars: DISTINCT_BARS,
      pathsOf: distinctPathsOf,
    },
    {
      name: 'stream-distinct gzip',
      description: `${DISTINCT} users in turn, each with other settings, gzip where the server offers it`,
      headers: GZIP,
      bars: DISTINCT_BARS,
      pathsOf: distinctPathsOf,
    },
  ];
}

function distinctPaths(
  { tokenOf }: Contender,
  titleIds: readonly string[],
  configs: readonly JsonObject[],
  sealed: readonly string[],
): readonly string[] | null {
  if (tokenOf === null) return null;
  return configs.map(
    (config, index) =>
      `/${tokenOf(config, sealed[index] ?? '')}${streamPath(titleIds[index % titleIds.length] ?? '')}`,
  );
}

function streamPath(id: string): string {
  return `/stream/movie/${id}.json`;
}
