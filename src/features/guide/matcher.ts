/** Keeps which channel has which guide: after channels changed, and after guides did. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { ChannelIndex } from './channel-index.ts';
import type { GuideStore } from './store.ts';

const BATCH = 2000;
/** Of all guides together; those of the guides that were made last are left out. */
const INDEXED_MAX = 300_000;

export class ChannelMatcher {
  readonly #store: GuideStore;

  constructor(store: GuideStore) {
    this.#store = store;
  }

  /** Where channels are new, or are called otherwise. */
  async matchChanged(signal: CancelSignal): Promise<void> {
    if (await this.#store.hasChanged(signal)) await this.matchAll(signal);
  }

  /** Channels whose guide was said by a person keep it. */
  async matchAll(signal: CancelSignal): Promise<void> {
    const index = await this.#index(signal);
    let afterId = 0;
    for (;;) {
      const channels = await this.#store.matches(afterId, '', BATCH, signal);
      const last = channels.at(-1);
      if (last === undefined) return;
      afterId = last.rowId;
      const changed = channels
        .filter(({ isManual }) => !isManual)
        .map(({ rowId, name, tvgId }) => ({ rowId, name, tvgId, ...index.find({ name, tvgId }) }));
      await this.#store.setMatches(changed, signal);
    }
  }

  async #index(signal: CancelSignal): Promise<ChannelIndex> {
    const index = new ChannelIndex();
    let after = { guideId: 0, xmltvId: '' };
    for (let count = 0; count < INDEXED_MAX; count += BATCH) {
      const rows = await this.#store.channels(0, after, BATCH, signal);
      for (const row of rows) index.add(row);
      const last = rows.at(-1);
      if (last === undefined) break;
      after = last;
    }
    return index;
  }
}
