/** What profiles bring for themselves, stored; whoever holds a context of the profile makes another one. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { ProfileNews } from '../configure/contract.ts';
import type { PrivateLibrary, PrivateStream } from './contract.ts';
import type { PrivateStreamStore } from './store.ts';

export interface StoredPrivateLibraryParts {
  readonly store: PrivateStreamStore;
  readonly profileNews: ProfileNews;
  /** Of a profile. */
  readonly streamsMax: number;
}

export class StoredPrivateLibrary implements PrivateLibrary {
  readonly #parts: StoredPrivateLibraryParts;

  constructor(parts: StoredPrivateLibraryParts) {
    this.#parts = parts;
  }

  async add(profileId: string, stream: PrivateStream, signal: CancelSignal): Promise<void> {
    const { store, profileNews, streamsMax } = this.#parts;
    await store.add(profileId, stream, streamsMax, signal);
    await profileNews.changed(profileId);
  }

  /** False when the profile has no such stream. */
  async delete(profileId: string, id: number, signal: CancelSignal): Promise<boolean> {
    const { store, profileNews } = this.#parts;
    const isGone = await store.delete(profileId, id, signal);
    if (isGone) await profileNews.changed(profileId);
    return isGone;
  }
}
