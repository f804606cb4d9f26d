/**
 * Imports a file line by line: a thread of the pool reads some thousand lines while PostgreSQL merges those before them. What is
 * in memory does not grow with the file.
 */
import { resolve } from 'node:path';
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { csvFields } from '../../../lib/import-line/csv.ts';
import type { LineFormat } from '../../../lib/import-line/line-values.ts';
import type { StagedLines } from '../../../lib/import-line/stage-lines.ts';
import { badLine } from '../../../lib/import-line/line-fields.ts';
import type { TitleDetails } from '../../../lib/import-line/title-details.ts';
import { nameClaims } from '../../../lib/import-line/name-claims.ts';
import type { Platform } from '../../../platform/platform.ts';
import { changedTitle, type TitleImport, type TitleListeners } from '../../library/contract.ts';
import type { BulkCounts, BulkImport, BulkListener, BulkPosition } from '../contract.ts';
import { lineChunks, type LineChunk } from './line-chunks.ts';
import { importFileJob } from './job-definitions.ts';
import { isLinesFile, openLines } from './lines-file.ts';
import { KnownLinesFinder } from './known/known-lines-finder.ts';
import { KnownStore } from './known/store.ts';
import { BulkStore, type Merged } from './store.ts';

export interface BulkParts extends Pick<Platform, 'pool' | 'openBulkLoad' | 'jobs'> {
  readonly audience: TitleListeners;
  readonly titles: TitleImport;
}

/** Of one transaction. Titles are listed anew once a transaction, so larger ones are cheaper; two of them are in memory. */
const LINES_PER_MERGE = 10_000;
/** Of the details of titles that wait for their merge, and of the titles of one transaction. */
const WAITING_CHARS_MAX = 4 * 2 ** 20;
const TITLES_PER_TRANSACTION = 200;
/** Chunks that are read at a time. */
const READING_MAX = 2;
const READ_TIMEOUT_MS = 60_000;
const NOTHING: BulkCounts = {
  lines: 0,
  refused: 0,
  titlesAdded: 0,
  streamsAdded: 0,
  streamsChanged: 0,
  linksAdded: 0,
  hidden: 0,
};

export function createBulkImport(parts: BulkParts): BulkImport {
  const importLines: BulkImport['importLines'] = (chunks, format, from, listener, signal) =>
    importChunks(parts, lineChunks(chunks), { format, from, listener, signal });
  return {
    importLines,
    isLinesFile,
    enqueueFile: async (path, signal) =>
      (await parts.jobs.enqueue(importFileJob, { path: resolve(path) }, signal)).id,
    importFile: (path, from, listener, signal) => {
      const { chunks, format } = openLines(path);
      return importLines(chunks, format, from, listener, signal);
    },
  };
}

interface SavingListener extends BulkListener {
  /** Within the transaction of each batch, on its connection: what is merged and how far it is become true together. */
  save?(load: BulkStore['load'], position: BulkPosition): Promise<void>;
}

export interface ChunkOptions {
  readonly format: LineFormat;
  readonly from: BulkPosition | null;
  readonly listener: SavingListener;
  readonly signal: CancelSignal;
}

/** `importLines` for lines that are cut into chunks already; where they end may be any number that grows. */
export async function importChunks(
  parts: BulkParts,
  chunks: AsyncIterable<LineChunk>,
  { format, from, listener, signal }: ChunkOptions,
): Promise<BulkCounts> {
  await using load = await parts.openBulkLoad(signal);
  // The other one merges meanwhile.
  await using asking = await parts.openBulkLoad(signal);
  const store = new BulkStore(load);
  await store.prepare();
  const known = new KnownStore(asking);
  const run = new BulkRun({ ...parts, store, known, format, listener, signal }, from);
  return await run.all(chunks);
}

interface RunParts extends BulkParts {
  readonly store: BulkStore;
  readonly known: KnownStore;
  readonly format: LineFormat;
  readonly listener: SavingListener;
  readonly signal: CancelSignal;
}

interface StagedChunk {
  readonly staged: StagedLines;
  readonly endBytes: number;
}

class BulkRun {
  readonly #parts: RunParts;
  readonly #fromBytes: number;
  #counts: BulkCounts;
  readonly #known: KnownLinesFinder;
  #header: readonly string[] = [];
  #batch: StagedChunk[] = [];
  #merging: Promise<void> = Promise.resolve();

  constructor(parts: RunParts, from: BulkPosition | null) {
    this.#parts = parts;
    this.#fromBytes = from?.bytes ?? 0;
    this.#counts = from?.counts ?? NOTHING;
    this.#known = new KnownLinesFinder((claims) => parts.known.linesOf(claims));
  }

  async all(chunks: AsyncIterable<LineChunk>): Promise<BulkCounts> {
    const reading: Promise<StagedChunk>[] = [];
    try {
      for await (const chunk of chunks) {
        this.#parts.signal.throwIfAborted();
        const lines = this.#withoutHeader(chunk);
        if (chunk.endBytes <= this.#fromBytes) continue;
        reading.push(this.#stage(lines));
        if (reading.length >= READING_MAX) await this.#take(reading.shift());
      }
      while (reading.length > 0) await this.#take(reading.shift());
      await this.#merge();
      await this.#merging;
      if (this.#counts.streamsAdded > 0) await this.#parts.store.finish();
      return this.#counts;
    } finally {
      await Promise.allSettled([...reading, this.#merging]);
    }
  }

  /** The first line of CSV names the columns. */
  #withoutHeader(chunk: LineChunk): LineChunk {
    if (this.#parts.format !== 'csv' || chunk.firstLine !== 1) return chunk;
    const end = chunk.bytes.indexOf(0x0a) + 1 || chunk.bytes.byteLength;
    const text = new TextDecoder().decode(chunk.bytes.subarray(0, end));
    this.#header = csvFields(text.trim().replace(/^\uFEFF/, ''));
    if (!this.#header.includes('type'))
      badLine(
        'the first line of CSV names the columns: expected type, title, year, imdb, name, infoHash and others',
      );
    return { ...chunk, bytes: chunk.bytes.subarray(end), firstLine: 2 };
  }

  async #stage({ bytes, firstLine, endBytes }: LineChunk): Promise<StagedChunk> {
    const { pool, format, signal } = this.#parts;
    const header = this.#header;
    const known = await this.#known.linesOf(() => nameClaims(bytes, firstLine, format, header));
    const input = { bytes, firstLine, format, header, known };
    const staged = await pool.run('lines.stage', input, { signal, timeoutMs: READ_TIMEOUT_MS });
    return { staged, endBytes };
  }

  async #take(reading: Promise<StagedChunk> | undefined): Promise<void> {
    if (reading === undefined) return;
    this.#batch.push(await reading);
    const lines = this.#batch.reduce((sum, { staged }) => sum + staged.lines, 0);
    const chars = this.#batch.reduce((sum, { staged }) => sum + staged.wholeTitles.length, 0);
    if (lines >= LINES_PER_MERGE || chars >= WAITING_CHARS_MAX) await this.#merge();
  }

  /** Begins a merge when the one before is through: meanwhile the next lines are read. */
  async #merge(): Promise<void> {
    const batch = this.#batch;
    this.#batch = [];
    await this.#merging;
    if (batch.length === 0) return;
    this.#merging = this.#mergeBatch(batch);
    // Heard of by whoever waits for it next.
    this.#merging.catch(() => undefined);
  }

  async #mergeBatch(batch: readonly StagedChunk[]): Promise<void> {
    const { store, audience, listener, signal } = this.#parts;
    await this.#importTitles(batch.flatMap(({ staged }) => detailsOf(staged)));
    let position = { bytes: batch.at(-1)?.endBytes ?? 0, counts: this.#counts };
    const merged = await store.merge(
      batch.map(({ staged }) => staged),
      async (done) => {
        position = { ...position, counts: this.#countsAfter(batch, done) };
        await listener.save?.(store.load, position);
      },
    );
    this.#counts = position.counts;
    if (merged.episodes.length > 0) await audience.announce({ episodes: merged.episodes }, signal);
    for (const [line, reason] of refusalsOf(batch, merged)) listener.refused(line, reason);
    await listener.progress(position);
  }

  /** Before the streams of their batch, which name them. */
  async #importTitles(all: readonly TitleDetails[]): Promise<void> {
    const { store, titles, audience, signal } = this.#parts;
    for (let from = 0; from < all.length; from += TITLES_PER_TRANSACTION) {
      const some = all.slice(from, from + TITLES_PER_TRANSACTION);
      const whole = some.map((title) => ({ ...title, streams: [] }));
      const { titlesAdded, titlesChanged } = await titles.importTitles(whole, signal);
      await store.keepTitles(some);
      this.#counts = { ...this.#counts, titlesAdded: this.#counts.titlesAdded + titlesAdded };
      if (titlesAdded + titlesChanged > 0)
        await audience.announce({ titles: whole.map(changedTitle) }, signal);
    }
  }

  #countsAfter(batch: readonly StagedChunk[], merged: Merged): BulkCounts {
    const { counts } = merged;
    const so = this.#counts;
    return {
      lines: so.lines + batch.reduce((sum, { staged }) => sum + staged.lines, 0),
      refused: so.refused + new Set(refusalsOf(batch, merged).map(([line]) => line)).size,
      titlesAdded: so.titlesAdded + counts.titlesAdded,
      streamsAdded: so.streamsAdded + counts.streamsAdded,
      streamsChanged: so.streamsChanged + counts.streamsChanged,
      linksAdded: so.linksAdded + counts.linksAdded,
      hidden: so.hidden + batch.reduce((sum, { staged }) => sum + staged.hidden, 0),
    };
  }
}

function detailsOf({ wholeTitles }: StagedLines): readonly TitleDetails[] {
  return JSON.parse(wholeTitles) as readonly TitleDetails[];
}

/** In the order of the lines; a line may have several. */
function refusalsOf(
  batch: readonly StagedChunk[],
  { refused }: Merged,
): readonly (readonly [line: number, reason: string])[] {
  const unread = batch.flatMap(
    ({ staged }) => JSON.parse(staged.refusals) as readonly (readonly [number, string])[],
  );
  const unfitting = refused.map(({ line, reason }) => [line, reason] as const);
  return [...unread, ...unfitting].toSorted(([a], [b]) => a - b);
}
