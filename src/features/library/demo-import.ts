/** Brings the demo catalogue into the library at start; works that are there already stay as they are. */
import type { ImportCounts, WorkImport } from './contract.ts';
import { parseDemoCatalog, readDemoCatalog } from './demo-catalog.ts';
import { demoWorks } from './demo-works.ts';

/** Safe to run at every start and by several processes at once: importing the same works changes nothing. */
export async function importDemoCatalog(library: WorkImport, signal: AbortSignal): Promise<ImportCounts> {
  return library.importWorks(demoWorks(parseDemoCatalog(await readDemoCatalog())), signal);
}
