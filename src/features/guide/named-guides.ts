/** Guides that lists of channels name come in by themselves. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { JobQueue } from '../../platform/jobs/queue.ts';
import type { NamedGuides } from './contract.ts';
import { INTERVAL_HOURS, type GuideImporter } from './importer.ts';
import { syncGuideJob } from './jobs.ts';
import type { GuideStore } from './store.ts';

export interface ListedGuidesParts {
  readonly store: Pick<GuideStore, 'findByName' | 'add' | 'setAddress'>;
  readonly importer: Pick<GuideImporter, 'sealed'>;
  readonly jobs: Pick<JobQueue, 'enqueue'>;
}

const NAME_CHARS_MAX = 96;

export class ListedGuides implements NamedGuides {
  readonly #parts: ListedGuidesParts;

  constructor(parts: ListedGuidesParts) {
    this.#parts = parts;
  }

  async take(
    name: string,
    urls: readonly string[],
    isFirst: boolean,
    signal: CancelSignal,
  ): Promise<void> {
    const usable = urls.filter((url) => URL.canParse(url));
    for (const [index, url] of usable.entries()) {
      const own = index === 0 ? name : `${name.slice(0, NAME_CHARS_MAX)} ${index + 1}`;
      const guideId = await this.#put(own, new URL(url), isFirst, signal);
      if (guideId !== null) await this.#parts.jobs.enqueue(syncGuideJob, { guideId }, signal);
    }
  }

  async #put(
    name: string,
    url: URL,
    isFirst: boolean,
    signal: CancelSignal,
  ): Promise<number | null> {
    const { store, importer } = this.#parts;
    const address = importer.sealed(url);
    const known = await store.findByName(name, signal);
    if (known === null)
      return store.add({ name, ...address, intervalHours: INTERVAL_HOURS }, signal);
    if (isFirst) return null;
    await store.setAddress(known, address, signal);
    return known;
  }
}
