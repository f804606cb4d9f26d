/**
 * Every task that a pool thread can run: name → input → output. The only file of `workers/` that
 * `src/` may import. A task without a handler in `registry.ts` does not compile.
 * Inputs and outputs are bytes and scalars, transferred, never object graphs (462 µs for 200 rows).
 */

import type { KnownLinesJson } from '../src/lib/import-line/known-lines.ts';
import type { LineFormat } from '../src/lib/import-line/line-values.ts';
import type { StagedLines } from '../src/lib/import-line/stage-lines.ts';

export type PosterFormat = 'jpeg' | 'webp' | 'avif';

export interface TaskMap {
  /** Inflates and verifies a compressed StreamSet blob; returns the uncompressed blob. */
  'cache.decode': {
    input: { readonly blob: Uint8Array };
    output: { readonly blob: Uint8Array };
  };
  /** Compresses one body into the wanted encodings in one round trip; an absent one was not wanted. */
  'http.compress': {
    input: { readonly bytes: Uint8Array; readonly gzip: boolean; readonly br: boolean };
    output: { readonly gzip?: Uint8Array; readonly br?: Uint8Array };
  };
  /** Which rows of a plain StreamSet blob a user's regular expressions match, one byte a row. */
  'names.match': {
    input: { readonly patterns: readonly string[]; readonly blob: Uint8Array };
    output: { readonly matches: Uint8Array };
  };
  /** What is wrong with regular expressions, per pattern, and which names they match, one byte a name. */
  'names.check': {
    input: { readonly patterns: readonly string[]; readonly names: readonly string[] };
    output: { readonly problems: readonly (string | null)[]; readonly matches: Uint8Array };
  };
  /** Parses release titles, at most 10,000 a task (`lib/release-title`). */
  'titles.parse': {
    input: { readonly titles: readonly string[] };
    output: {
      /** Ten numbers a title: resolution, quality, codec, masks of HDR, audio, channels, flags, languages (two), bit depth. */
      readonly codes: Float64Array;
      /** JSON: per title `[name, year (0: unknown), seasons, episodes, group]`; one string costs a tenth of as many objects. */
      readonly names: string;
    };
  };
  /** Reads the list of ids of anime (`lib/anime-list`). Fails for anything but a JSON list. */
  'anime-list.parse': {
    input: { readonly bytes: Uint8Array };
    output: {
      readonly entries: number;
      /** JSON lists of `AnimeRow`. */
      readonly batches: readonly string[];
    };
  };
  /** Reads lines of an import file as rows for COPY (`lib/import-line/stage-lines.ts`), some thousand a task. */
  'lines.stage': {
    input: {
      readonly bytes: Uint8Array;
      /** Number of the first line. */
      readonly firstLine: number;
      readonly format: LineFormat;
      /** Columns of CSV. */
      readonly header: readonly string[];
      /** Lines that the library has, or whose names need not be read. */
      readonly known: KnownLinesJson;
    };
    output: StagedLines;
  };
  /** Renders one 300 × 450 poster from artwork, or the designed placeholder. */
  'poster.render': {
    input: {
      readonly title: string;
      /** 0 when unknown. */
      readonly year: number;
      /** 0 to 10 with one decimal; negative when there is none. */
      readonly rating: number;
      readonly artwork: Uint8Array | null;
      readonly format: PosterFormat;
    };
    /** `artworkUsed` is false when the artwork was absent, broken or hostile. */
    output: { readonly bytes: Uint8Array; readonly artworkUsed: boolean };
  };
}

export type TaskName = keyof TaskMap;
export type TaskInput<K extends TaskName> = TaskMap[K]['input'];
export type TaskOutput<K extends TaskName> = TaskMap[K]['output'];
export type TaskHandler<K extends TaskName> = (
  input: TaskInput<K>,
) => TaskOutput<K> | Promise<TaskOutput<K>>;

/** What travels to a pool thread; the answer is the task's output. */
export interface TaskEnvelope<K extends TaskName = TaskName> {
  readonly task: K;
  readonly input: TaskInput<K>;
}
