/** Takes over a MediaFusion v6 database: titles, streams with their files, profiles. */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { AppError } from '../../../lib/errors.ts';
import { PostgresUriError } from '../../../lib/postgres-uri/postgres-uri-error.ts';
import { parsePostgresUri } from '../../../lib/postgres-uri/postgres-uri.ts';
import type { Platform } from '../../../platform/platform.ts';
import { importChunks, type BulkParts } from '../bulk/import-lines.ts';
import type { MediaFusionCounts, MediaFusionImport, MediaFusionListener } from '../contract.ts';
import { MediaFusionLines } from './lines.ts';
import { MediaFusionStore } from './store.ts';
import { savePosition, TakeoverStore } from './target/store.ts';

export type MediaFusionParts = BulkParts & Pick<Platform, 'logger' | 'config'>;

export function createMediaFusionImport(parts: MediaFusionParts): MediaFusionImport {
  return {
    takeOver: async (uri, listener, signal) => {
      const source = sourceOf(uri);
      const connectTimeoutMs = parts.config.DB_CONNECT_TIMEOUT_MS;
      await using store = await MediaFusionStore.open(
        { uri, connectTimeoutMs, signal },
        parts.logger,
      );
      await using ours = await parts.openBulkLoad(signal);
      const takeover = new TakeoverStore(ours, source);
      await takeover.prepare();
      const streamsInAll = await store.streamCount();
      const counts = await importLibrary({
        parts,
        store,
        takeover,
        source,
        streamsInAll,
        listener,
        signal,
      });
      const profiles = await takeProfiles(store, takeover);
      const leftOut = await store.leftOut();
      await takeover.finish();
      return { ...counts, profiles, leftOut };
    },
  };
}

interface Takeover {
  readonly parts: MediaFusionParts;
  readonly store: MediaFusionStore;
  readonly takeover: TakeoverStore;
  readonly source: string;
  readonly streamsInAll: number;
  readonly listener: MediaFusionListener;
  readonly signal: CancelSignal;
}

async function importLibrary(
  run: Takeover,
): Promise<Omit<MediaFusionCounts, 'profiles' | 'leftOut'>> {
  const { parts, store, takeover, source, streamsInAll, listener, signal } = run;
  const from = await takeover.position();
  const lines = new MediaFusionLines(store);
  return importChunks(parts, lines.chunks(from?.bytes ?? 0, from?.counts.lines ?? 0), {
    format: 'ndjson',
    from,
    listener: {
      progress: ({ counts }) => listener.progress(counts, streamsInAll),
      refused: (line, reason) => listener.refused(lines.labelOf(line), reason),
      save: (load, position) => savePosition(load, source, position),
    },
    signal,
  });
}

async function takeProfiles(store: MediaFusionStore, takeover: TakeoverStore): Promise<number> {
  let taken = 0;
  for (let after = 0; ;) {
    const page = await store.profilesAfter(after);
    const last = page.at(-1);
    if (last === undefined) return taken;
    taken += await takeover.takeProfiles(page);
    after = last.id;
  }
}

/** Which database it is, without who reads it. @throws AppError `import.bad-line`, which does not repeat the address */
function sourceOf(uri: string): string {
  try {
    const { hosts, database } = parsePostgresUri(uri);
    return `mediafusion ${hosts.map(({ name, port }) => `${name}:${port}`).join(',')}/${database ?? ''}`;
  } catch (error) {
    if (!(error instanceof PostgresUriError)) throw error;
    throw new AppError(
      'import.bad-line',
      `the address of the database: expected ${error.expected}`,
    );
  }
}
