/** The door of the library: what is known about titles, and what brings them in. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { Platform } from '../../platform/platform.ts';
import type { TitleSource } from '../addon/contract.ts';
import type { Feature } from '../feature.ts';
import type { PosterSource } from '../posters/contract.ts';
import type { SubjectSource } from '../sources/contract.ts';
import {
  changedTitle,
  type ChangedTitle,
  type ImportCounts,
  type StreamImport,
  type TitleAdoption,
  type TitleImport,
} from './contract.ts';
import { demoText, parseDemoCatalog, readDemoCatalog } from './demo-catalog.ts';
import { importDemoCatalog } from './demo-import.ts';
import { demoTitles } from './demo-titles.ts';
import { rebuildSearch } from './search/store.ts';
import { LibraryStore } from './store.ts';

export interface LibraryFeature extends Feature {
  readonly titles: TitleSource;
  readonly posters: PosterSource;
  readonly adoption: TitleAdoption;
  readonly imports: TitleImport;
  readonly subjects: SubjectSource;
  readonly streams: StreamImport;
  /** Brings the demo catalogue in; titles that are there already stay as they are. */
  importDemo(signal: CancelSignal): Promise<ImportCounts>;
  /** Brings the search words of all titles to this version. Resolves with the number of titles that were written. */
  rebuildSearch(signal: CancelSignal): Promise<number>;
}

export function createLibrary({ database }: Pick<Platform, 'database'>): LibraryFeature {
  const store = new LibraryStore(database);
  return {
    titles: store,
    posters: store,
    adoption: store,
    imports: store,
    subjects: store,
    streams: store,
    importDemo: (signal) => importDemoCatalog(store, signal),
    rebuildSearch: (signal) => rebuildSearch(database, signal),
  };
}

/** The titles of the demo catalogue, as others know them. */
export async function changedDemoTitles(): Promise<readonly ChangedTitle[]> {
  return demoTitles(parseDemoCatalog(await readDemoCatalog())).map(changedTitle);
}

/** What the demo catalogue has, in words. */
export async function demoCatalogText(): Promise<string> {
  return demoText(parseDemoCatalog(await readDemoCatalog()));
}
