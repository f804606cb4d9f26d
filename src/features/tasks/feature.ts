/** The door of tasks: what operators see and do of queued jobs and schedules. */
import type { JobDefinition } from '../../platform/jobs/definition.ts';
import { JobStore } from '../../platform/jobs/job-store.ts';
import { ScheduleStore } from '../../platform/jobs/schedule-store.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Feature } from '../feature.ts';
import { QueueDepth } from './queue-depth.ts';
import { schedulerRoutes } from './scheduler-routes.ts';
import { Schedulers } from './schedulers.ts';
import { TaskCounts } from './task-counts.ts';
import { TaskFeed } from './task-feed.ts';
import { taskRoutes } from './task-routes.ts';
import { Tasks } from './tasks.ts';

/** @param working the features whose jobs and schedules these are */
export function createTasks(
  { config, database, logger }: Platform,
  working: readonly Feature[],
): Feature {
  const store = new JobStore(database);
  const definitions = new Map<string, JobDefinition<unknown>>(
    working
      .flatMap(({ jobs = [] }) => jobs)
      .map(({ definition }) => [definition.name, definition] as const),
  );
  const counts = new TaskCounts(store);
  const feed = new TaskFeed(store, counts, logger.child({ feature: 'tasks' }));
  const depth = new QueueDepth(store);
  const schedulers = new Schedulers({
    store: new ScheduleStore(database),
    jobs: store,
    schedules: working.flatMap(({ schedules = [] }) => schedules),
    configured: config.SCHEDULES,
  });
  return {
    routes: [
      ...taskRoutes(new Tasks(store, counts, definitions), feed),
      ...schedulerRoutes(schedulers, !config.DISABLE_ALL_SCHEDULER),
    ],
    metrics: depth.families,
    upkeep: [depth.upkeep],
    dispose: () => Promise.resolve(feed[Symbol.dispose]()),
  };
}
