/** The base's own database, filled by its own code: it refuses one that the head's migrations have changed. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BenchData, BenchDataOptions, openBenchData } from '../harness/bench-data.ts';
import { haveEqualMigrations } from './build.ts';
import { GateError, messageOf } from './gate-error.ts';
import type { Side } from './metrics.ts';

type BenchDataModule = { readonly openBenchData: typeof openBenchData };

const MODULE = 'dist/perf/harness/bench-data.js';

/**
 * Null where both have the same migrations: then one database is for both.
 * @throws GateError when the base's code fills none
 */
export async function openBaseData(
  roots: Readonly<Record<Side, string>>,
  options: BenchDataOptions,
): Promise<BenchData | null> {
  if (await haveEqualMigrations(roots.base, roots.head)) return null;
  const path = join(roots.base, MODULE);
  try {
    if (!existsSync(path)) throw new Error(`its build made no ${MODULE}`);
    const ofBase = (await import(pathToFileURL(path).href)) as BenchDataModule;
    return await ofBase.openBenchData(options);
  } catch (error) {
    throw new GateError(
      'incomparable',
      `the base has other migrations, and a database of its own could not be filled: ${messageOf(error)}`,
    );
  }
}
