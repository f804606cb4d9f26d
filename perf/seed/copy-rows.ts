/** Makes all rows and copies them. At any time only one title and some chunks of rows are in memory. */
import { setImmediate as eventLoopTurn } from 'node:timers/promises';
import type { Client } from 'pg';
import { CopyQueue } from './copy-queue.ts';
import type { SeedBase } from './prepare.ts';
import { Random } from './random.ts';
import { StreamRows, FilledTitle } from './stream-rows.ts';
import { openWriters, TABLES, type Table } from './tables.ts';
import { TitleRows } from './title-rows.ts';
import { makeTitles, type TitleOptions } from './titles.ts';

export type RowCounts = Readonly<Record<Table, number>>;

/** Rows are made in bursts of so many streams, a millisecond each; between them chunks go out, for which the server waits. */
const STREAMS_OF_A_TURN = 200;
/** Titles without streams take time, too. */
const STREAMS_WORTH_OF_A_TITLE = 10;

/** Resolves when the server has taken all rows; `report` is told how many streams exist so far. */
export async function copyRows(
  client: Client,
  options: TitleOptions,
  base: SeedBase,
  frozen: ReadonlySet<Table>,
  report: (streams: number) => void,
): Promise<RowCounts> {
  const random = new Random(options.seed);
  const queue = new CopyQueue(client);
  const writers = openWriters(queue, frozen);
  const titleRows = new TitleRows(base, writers);
  const streamRows = new StreamRows(random, base, writers);
  let mediaId = base.lastMediaId;
  let untilTurn = 0;
  const takeTurn = async () => {
    untilTurn = STREAMS_OF_A_TURN;
    report(writers.stream.rows);
    await eventLoopTurn();
    if (queue.isFull) await queue.room();
  };
  for (const title of makeTitles(random, options)) {
    mediaId++;
    const filled = new FilledTitle(title, mediaId);
    for (let stream = 0; stream < title.streams; stream++) {
      streamRows.add(filled);
      if (--untilTurn < 0) await takeTurn();
    }
    titleRows.add(title, mediaId, filled);
    untilTurn -= STREAMS_WORTH_OF_A_TITLE;
    if (untilTurn < 0) await takeTurn();
  }
  for (const table of TABLES) writers[table].flush();
  await queue.drain();
  report(writers.stream.rows);
  return Object.fromEntries(TABLES.map((table) => [table, writers[table].rows])) as Record<
    Table,
    number
  >;
}
