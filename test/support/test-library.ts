/** The stores of the library over a database of their own, for what importers write and clients read. */
import type { CatalogQuery } from '../../src/features/addon/contract.ts';
import { LibraryStore } from '../../src/features/library/store.ts';
import { StreamStore } from '../../src/features/streams/store.ts';
import { NO_ABORT } from './open-database.ts';
import { RecordingDatabase } from './recording-database.ts';
import { createTestDatabase } from './template-db.ts';

export interface TestLibrary extends AsyncDisposable {
  readonly uri: string;
  readonly database: RecordingDatabase;
  readonly library: LibraryStore;
  readonly streams: StreamStore;
  /** Removes every title and stream. */
  readonly empty: () => Promise<void>;
  /** Names of the first 100 titles of a catalogue, in its order. */
  readonly titles: (query: Partial<CatalogQuery>) => Promise<string[]>;
  /** Names of the first 100 titles that a search finds, the best first. */
  readonly search: (text: string, part?: Partial<CatalogQuery>) => Promise<string[]>;
}

/** The catalogue of the latest films, nothing hidden. */
export const MOVIES: CatalogQuery = {
  type: 'movie',
  order: 'latest',
  isReversed: false,
  hiddenLevels: 0,
  skip: 0,
  genre: null,
  search: null,
};

export async function openTestLibrary(): Promise<TestLibrary> {
  const server = await createTestDatabase();
  const database = new RecordingDatabase(server.uri);
  const library = new LibraryStore(database);
  const titles = async (query: Partial<CatalogQuery>) =>
    (await library.catalogTitles({ ...MOVIES, ...query }, 100, NO_ABORT)).map(
      (title) => title.title,
    );
  return {
    uri: server.uri,
    database,
    library,
    streams: new StreamStore(database),
    empty: async () => {
      await database.sql`TRUNCATE media, stream, genre, tracker_list RESTART IDENTITY CASCADE`;
    },
    titles,
    search: (text, part = {}) => titles({ order: 'relevance', search: text, ...part }),
    [Symbol.asyncDispose]: async () => {
      await database[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}
