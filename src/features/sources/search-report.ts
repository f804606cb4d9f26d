/** What a search has done, kept for an hour for `?trace=1` and for answers of other processes. */
import type { CacheCodec, CacheSpec, ReadThroughCache } from '../../platform/cache/cache.ts';
import type { SourceProgress } from '../streams/contract.ts';
import type { FanOut, SourceFailure } from './fan-out.ts';
import type { Finds, Rejection, SourceCount } from './finds.ts';

export interface SourceReportLine extends SourceProgress, SourceCount {
  readonly failure: SourceFailure | null;
}

export interface SearchReport {
  /** ISO time. */
  readonly startedAt: string;
  readonly isFinished: boolean;
  readonly sources: readonly SourceReportLine[];
  /** The first ones. */
  readonly rejected: readonly Rejection[];
}

export type SearchReports = ReadThroughCache<SearchReport>;

const HOUR_MS = 3_600_000;

const codec: CacheCodec<SearchReport> = {
  encode: (report) => Buffer.from(JSON.stringify(report)),
  decode(bytes) {
    try {
      // Written by this version of the program only: the schema version is part of the key.
      return JSON.parse(Buffer.from(bytes).toString()) as SearchReport;
    } catch {
      return null;
    }
  },
  // Nearly all of it is the texts of rejections.
  sizeBytes: ({ rejected, sources }) =>
    300 * sources.length +
    rejected.reduce(
      (sum, { release, reason }) => sum + 2 * (release.length + reason.length) + 150,
      0,
    ),
};

export const SEARCH_REPORTS: CacheSpec<SearchReport> = {
  name: 'search-report',
  schemaVersion: 1,
  codec,
  lifetimes: () => ({
    freshMs: HOUR_MS,
    staleMs: 0,
    negativeMs: { first: 1000, max: 1000, growth: 1 },
  }),
};

/** A report that is gone cannot be had again. */
export const noReport = (): Promise<null> => Promise.resolve(null);

export function reportOf(startedAt: Date, fanOut: FanOut, finds: Finds): SearchReport {
  const failures = fanOut.failures();
  return {
    startedAt: startedAt.toISOString(),
    isFinished: fanOut.isFinished,
    sources: fanOut.progress().map((progress) => ({
      ...progress,
      elapsedMs: Math.round(progress.elapsedMs * 10) / 10,
      ...finds.countOf(progress.id),
      failure: failures.get(progress.id) ?? null,
    })),
    rejected: finds.rejections,
  };
}
