/** What may follow the role `worker` on the command line. */
import { parseArgs } from 'node:util';
import { StartError } from '../lib/start-error.ts';
import { isQueueName, QUEUE_NAMES, type QueueName } from '../platform/jobs/queues.ts';

export interface WorkerArguments {
  /** Null: all of them. */
  readonly queues: readonly QueueName[] | null;
  /** Jobs of each queue at a time. Null: what configuration and the table of queues say. */
  readonly concurrency: number | null;
}

export const WORKER_HELP = `Usage: node dist/src/main.js worker [--queues NAME,…] [--concurrency N]

  --queues        some of ${QUEUE_NAMES.join(', ')}; all of them without it
  --concurrency   jobs of each queue at a time

Runs queued jobs on the database of POSTGRES_URI, which exists and is migrated: see docs/workers.md.
`;

const CONCURRENCY_MAX = 100;

/** @throws StartError saying what is accepted */
export function parseWorker(parameters: readonly string[]): WorkerArguments {
  const { queues, concurrency } = parse(parameters);
  return { queues: readQueues(queues), concurrency: readNumber(concurrency) };
}

function parse(parameters: readonly string[]) {
  try {
    return parseArgs({
      args: [...parameters],
      options: {
        queues: { type: 'string' },
        concurrency: { type: 'string' },
      },
    }).values;
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('.')[0] ?? '') : String(error);
    throw new StartError(`worker: ${reason}: expected --queues and --concurrency, if anything`);
  }
}

function readQueues(text: string | undefined): readonly QueueName[] | null {
  if (text === undefined) return null;
  const names = text.split(',').map((name) => name.trim());
  if (!names.every(isQueueName))
    throw new StartError(
      `worker: --queues ${text}: expected some of ${QUEUE_NAMES.join(', ')}, joined by commas`,
    );
  return [...new Set(names)];
}

function readNumber(text: string | undefined): number | null {
  if (text === undefined) return null;
  const number = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (number < 1 || number > CONCURRENCY_MAX)
    throw new StartError(
      `worker: --concurrency ${text}: expected a number from 1 to ${CONCURRENCY_MAX}`,
    );
  return number;
}
