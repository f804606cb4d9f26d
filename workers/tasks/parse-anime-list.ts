/** Pool task `anime-list.parse`: the list of ids of anime, 10 MB of JSON, as rows for the database. */
import { parseAnimeList } from '../../src/lib/anime-list/anime-list.ts';
import type { TaskHandler } from '../contract.ts';

/** One statement's worth: 400 KB. */
const ROWS_PER_BATCH = 2000;

export const parseAnimeListTask: TaskHandler<'anime-list.parse'> = ({ bytes }) => {
  const rows = parseAnimeList(Buffer.from(bytes).toString('utf8'));
  const batches: string[] = [];
  for (let at = 0; at < rows.length; at += ROWS_PER_BATCH)
    batches.push(JSON.stringify(rows.slice(at, at + ROWS_PER_BATCH)));
  return { entries: rows.length, batches };
};
