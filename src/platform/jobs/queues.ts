/** The queues of jobs: what each is for. A new one is a row here. */

export const QUEUES = {
  default: { purpose: 'upkeep and everything that is in no hurry' },
  scrapy: { purpose: 'fetching from sources: feeds, background searches' },
  import: { purpose: 'what users and operators bring: files, addresses, dumps' },
  priority: { purpose: 'short work that somebody waits for' },
} as const;

export type QueueName = keyof typeof QUEUES;
