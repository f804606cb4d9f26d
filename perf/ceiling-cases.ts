/** What `npm run perf:ceiling` measures, and the bars. */

/** CPU per request at most this multiple of the bare server's (0.60 of its ceiling is 1.67). */
export const RATIO_BAR = 1.6;
/** Rank and present of 25 of 200 rows on every request, nothing reused. */
export const NO_REUSE_BAR_MICROS = 200;

/** The title with 200 streams that `contenders.ts` seeds. */
export const HEAVY_TITLE = 'tt9000200';

export interface CeilingCase {
  readonly name: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  /** False: measured against the server that runs with RESPONSE_REUSE=false. */
  readonly reuse: boolean;
}

export const CASES: readonly CeilingCase[] = [
  { name: 'stream identity', path: `/stream/movie/${HEAVY_TITLE}.json`, headers: {}, reuse: true },
  { name: 'stream gzip', path: `/stream/movie/${HEAVY_TITLE}.json`, headers: { 'Accept-Encoding': 'gzip' }, reuse: true },
  { name: 'manifest', path: '/manifest.json', headers: {}, reuse: true },
  { name: 'manifest gzip', path: '/manifest.json', headers: { 'Accept-Encoding': 'gzip' }, reuse: true },
  { name: 'catalog', path: '/catalog/movie/latest.json', headers: {}, reuse: true },
  { name: 'catalog gzip', path: '/catalog/movie/latest.json', headers: { 'Accept-Encoding': 'gzip' }, reuse: true },
  { name: 'poster', path: '/poster/movie/tt1254207.jpg', headers: {}, reuse: true },
  { name: 'stream without reuse', path: `/stream/movie/${HEAVY_TITLE}.json`, headers: {}, reuse: false },
];
