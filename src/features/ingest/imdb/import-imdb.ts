/** Imports IMDb's tables: each is read through COPY into a stage table, then all of them are merged, title by title. */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { copyArray, copyField } from '../../../lib/import-line/copy-text.ts';
import { ImdbIdSet } from '../../../lib/imdb/id-set.ts';
import { stageReader, type StageTable, type WantedIds } from '../../../lib/imdb/stage-rows.ts';
import { IMDB_TABLES, imdbId, imdbRows, type ImdbTable } from '../../../lib/imdb/tables.ts';
import { titleLexemes } from '../../../lib/search-text.ts';
import { publicIdOf } from '../../../lib/stremio/public-id.ts';
import type { Platform } from '../../../platform/platform.ts';
import type { TitleListeners } from '../../library/contract.ts';
import type { ImdbCounts, ImdbImport, ImdbListener, ImdbOptions } from '../contract.ts';
import { importImdbJob } from './job-definition.ts';
import { ImdbMergeStore, type StagedTitle } from './merge/store.ts';
import { ImdbStageStore, type CopyRows } from './stage/store.ts';
import { tableFiles, type TableFile } from './table-files.ts';

export interface ImdbParts extends Pick<Platform, 'openBulkLoad' | 'fetcher' | 'jobs'> {
  readonly audience: TitleListeners;
}

const COPY_BYTES = 512 * 1024;
const NOTHING: ImdbCounts = {
  titles: 0,
  titlesAdded: 0,
  titlesChanged: 0,
  namesAdded: 0,
  episodesAdded: 0,
  ratingsChanged: 0,
};

export function createImdbImport(parts: ImdbParts): ImdbImport {
  return {
    importTables: async (options, listener, signal) => {
      const files = await tableFiles(parts.fetcher, options.sources, signal);
      await using load = await parts.openBulkLoad(signal);
      const stage = new ImdbStageStore(load);
      const run = { stage, merge: new ImdbMergeStore(load), parts, options, listener, signal };
      await stage.prepare();
      await stageTables(files, run);
      const counts = await mergeTitles(run);
      await stage.drop();
      return counts;
    },
    enqueue: async ({ sources, votesMin, withAdult }, signal) =>
      (
        await parts.jobs.enqueue(
          importImdbJob,
          { sources: [...sources], votesMin, withAdult },
          signal,
        )
      ).id,
  };
}

interface Run {
  readonly stage: ImdbStageStore;
  readonly merge: ImdbMergeStore;
  readonly parts: ImdbParts;
  readonly options: ImdbOptions;
  readonly listener: ImdbListener;
  readonly signal: CancelSignal;
}

/** What is kept of a table depends on those before it: so does whether it is staged already. */
async function stageTables(files: readonly TableFile[], run: Run): Promise<void> {
  const { stage, options, listener } = run;
  let versions = `${options.votesMin} ${options.withAdult}`;
  let isKnown = true;
  for (const table of IMDB_TABLES) {
    const file = files.find((one) => one.table === table);
    versions += `\n${file?.version ?? 'none'}`;
    if (file === undefined) await stage.forget(table);
    isKnown &&= file === undefined || file.version !== '';
    if (file === undefined || (isKnown && (await stage.holds(table, versions)))) continue;
    const hasRatings = files.some((one) => one.table === 'title.ratings');
    const wanted = await wantedIds(table, hasRatings, run);
    listener.step(`reading ${file.name}`);
    await stage.replace(table, versions, (copy) => stageTable(file, wanted, copy, run));
  }
}

/** Of names: those of titles that are taken, and of the library's. */
async function wantedIds(
  table: ImdbTable,
  hasRatings: boolean,
  { stage, options }: Run,
): Promise<WantedIds> {
  const titles = new ImdbIdSet();
  const episodes = new ImdbIdSet();
  const withAdult = options.withAdult;
  if (table === 'title.ratings') return { titles, episodes, withAdult };
  const isAll = !hasRatings || options.votesMin === 0;
  if (table !== 'title.akas' && isAll) titles.addAll();
  else {
    for await (const ids of stage.libraryIds()) for (const id of ids) titles.add(id);
    const others = table === 'title.akas' ? stage.titleIds() : stage.ratedIds(options.votesMin);
    for await (const ids of others) for (const id of ids) titles.add(id);
  }
  if (table === 'title.basics')
    for await (const ids of stage.episodeIds()) for (const id of ids) episodes.add(id);
  return { titles, episodes, withAdult };
}

async function stageTable(
  file: TableFile,
  wanted: WantedIds,
  copy: CopyRows,
  { listener, signal }: Run,
): Promise<void> {
  const waiting = new Map<StageTable, string>();
  const read = stageReader(file.table, wanted, (table, row) => {
    waiting.set(table, (waiting.get(table) ?? '') + row);
  });
  const flush = async (charsMin: number) => {
    for (const [table, rows] of waiting) {
      if (rows.length < charsMin) continue;
      waiting.delete(table);
      await copy(table, Buffer.from(rows));
    }
  };
  let lines = 0;
  for await (const rows of imdbRows(file.table, file.open(signal))) {
    signal.throwIfAborted();
    for (const row of rows) read(row);
    lines += rows.length;
    listener.step(`reading ${file.name}: ${lines} lines`);
    await flush(COPY_BYTES);
  }
  await flush(1);
}

async function mergeTitles({ merge, parts, listener, signal }: Run): Promise<ImdbCounts> {
  await merge.prepare();
  const titlesInAll = await merge.titleCount();
  const from = await merge.position();
  let counts = from?.counts ?? NOTHING;
  let after = from?.id ?? 0;
  for (;;) {
    const titles = await merge.titlesAfter(after);
    const last = titles.at(-1);
    if (last === undefined) return counts;
    after = last.id;
    const before = counts;
    const changed = await merge.merge(batchRows(titles), (added) => {
      counts = sum(before, { ...added, titles: titles.length });
      return { id: last.id, counts };
    });
    if (changed.length > 0) await parts.audience.announce({ titles: changed }, signal);
    await listener.merged(counts, titlesInAll);
  }
}

function sum(a: ImdbCounts, b: ImdbCounts): ImdbCounts {
  return {
    titles: a.titles + b.titles,
    titlesAdded: a.titlesAdded + b.titlesAdded,
    titlesChanged: a.titlesChanged + b.titlesChanged,
    namesAdded: a.namesAdded + b.namesAdded,
    episodesAdded: a.episodesAdded + b.episodesAdded,
    ratingsChanged: a.ratingsChanged + b.ratingsChanged,
  };
}

/** Rows of `imdb_batch`. */
function batchRows(titles: readonly StagedTitle[]): Uint8Array {
  return Buffer.from(titles.map(batchRow).join(''));
}

function batchRow({ id, type, title, originalTitle, year, names, ownerId }: StagedTitle): string {
  // One of the library's that went away meanwhile.
  if (ownerId === null && type === null) return '';
  const ids = { type: type ?? 'movie', imdbId: imdbId(id), tmdbId: '', tvdbId: '' };
  const known = [title, originalTitle].filter((name) => name !== null && name !== '');
  const lexemes = titleLexemes([...(known as string[]), ...names], year);
  return `${id}\t${ownerId ?? '\\N'}\t${copyField(publicIdOf(ids))}\t${copyArray(lexemes)}\n`;
}
