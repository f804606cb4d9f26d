/** The door of what operators see of PostgreSQL. */
import type { Platform } from '../../platform/platform.ts';
import type { Feature } from '../feature.ts';
import { databaseInsightRoutes } from './routes.ts';
import { DatabaseInsightStore } from './store.ts';

export function createDatabaseInsight({ database }: Platform): Feature {
  return { routes: databaseInsightRoutes(new DatabaseInsightStore(database)) };
}
