/** The queues of jobs. A new one is a row here. */

interface QueueSpec {
  readonly purpose: string;
  /** Jobs that a worker runs of it at a time, unless it is told otherwise: no queue keeps another one waiting. */
  readonly concurrency: number;
}

export const QUEUES = {
  default: { purpose: 'upkeep and everything that is in no hurry', concurrency: 4 },
  scrapy: { purpose: 'fetching from sources: feeds, background searches', concurrency: 8 },
  import: { purpose: 'what users and operators bring: files, addresses, dumps', concurrency: 2 },
  transcode: {
    purpose: 'recordings in other sizes, by ffmpeg, where the files of `DATA_DIR` are',
    concurrency: 2,
  },
  priority: { purpose: 'short work that somebody waits for', concurrency: 8 },
} as const satisfies Record<string, QueueSpec>;

export type QueueName = keyof typeof QUEUES;

export const QUEUE_NAMES = Object.keys(QUEUES) as readonly QueueName[];

export function isQueueName(name: string): name is QueueName {
  return Object.hasOwn(QUEUES, name);
}
