/** Brings the demo catalogue into the library at start; titles that are there already stay as they are. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { ImportCounts, TitleImport } from './contract.ts';
import { parseDemoCatalog, readDemoCatalog } from './demo-catalog.ts';
import { demoTitles } from './demo-titles.ts';

/** Safe to run at every start and by several processes at once: importing the same titles changes nothing. */
export async function importDemoCatalog(
  library: TitleImport,
  signal: CancelSignal,
): Promise<ImportCounts> {
  return library.importTitles(demoTitles(parseDemoCatalog(await readDemoCatalog())), signal);
}
