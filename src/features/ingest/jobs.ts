/** Files of lines as queued jobs: they go on where they were, whichever worker runs them. */
import { z } from 'zod';
import type { JsonValue } from '../../lib/json/json-value.ts';
import {
  importFileJob,
  importLinesJob,
  importPrivateLinesJob,
  unpackedLines,
} from './bulk/job-definitions.ts';
import { handleJob, JobRefused, type JobContext } from '../../platform/jobs/definition.ts';
import { AppError } from '../../lib/errors.ts';
import type {
  BulkCounts,
  BulkImport,
  BulkListener,
  BulkPosition,
  ImdbImport,
  Ingest,
} from './contract.ts';
import { importImdbJob } from './imdb/job-definition.ts';
import { importPrivateLines } from './private-lines.ts';

const COUNTS = z.object({
  lines: z.number(),
  refused: z.number(),
  titlesAdded: z.number(),
  streamsAdded: z.number(),
  streamsChanged: z.number(),
  linksAdded: z.number(),
  // Checkpoints of earlier versions have none.
  hidden: z.number().default(0),
});
const POSITION = z.object({ bytes: z.number(), counts: COUNTS });

export interface IngestJobParts {
  readonly bulk: BulkImport;
  readonly imdb: ImdbImport;
  readonly ingest: Ingest;
}

export function ingestJobs({ bulk, imdb, ingest }: IngestJobParts) {
  return [
    handleJob(importFileJob, ({ path }, context) =>
      run(context, (from, listener) => bulk.importFile(path, from, listener, context.signal)),
    ),
    handleJob(importLinesJob, ({ format, lines }, context) => {
      const bytes = unpackedLines({ lines });
      const chunks = async function* () {
        yield bytes;
      };
      return run(context, (from, listener) =>
        bulk.importLines(chunks(), format, from, listener, context.signal),
      );
    }),
    handleJob(importImdbJob, (options, context) =>
      refusing(() => importImdb(imdb, options, context)),
    ),
    handleJob(importPrivateLinesJob, (payload, context) =>
      importPrivateLines(
        ingest,
        payload.profileId,
        payload.format,
        unpackedLines(payload),
        context,
      ),
    ),
  ];
}

async function importImdb(
  imdb: ImdbImport,
  options: Parameters<ImdbImport['importTables']>[0],
  context: JobContext,
): Promise<JsonValue> {
  const listener = {
    step: (message: string) => context.progress({ done: 0, unit: 'titles', message }),
    merged: ({ titles }: { readonly titles: number }, total: number) =>
      context.progress({ done: titles, total, unit: 'titles' }),
  };
  return { ...(await imdb.importTables(options, listener, context.signal)) };
}

type Work = (from: BulkPosition | null, listener: BulkListener) => Promise<BulkCounts>;

async function run(context: JobContext, work: Work): Promise<JsonValue> {
  const stored = POSITION.safeParse(context.checkpoint);
  const from = stored.success ? stored.data : null;
  return refusing(async () => {
    const counts = await work(from, {
      progress: async (position) => {
        const { lines, refused } = position.counts;
        context.progress({ done: lines, unit: 'lines', message: `${refused} refused` });
        await context.saveCheckpoint({ bytes: position.bytes, counts: { ...position.counts } });
      },
      refused: (line, reason) => context.log('warn', `line ${line}: ${reason}`),
    });
    return { ...counts };
  });
}

/** A file that is not there, or is another one, is no better the next time. */
async function refusing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AppError && error.code === 'import.bad-line')
      throw new JobRefused(error.message);
    throw error;
  }
}
