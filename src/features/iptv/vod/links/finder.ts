/** What of providers plays a title that somebody asks for by its id. */
import type { CancelSignal } from '../../../../lib/async/cancel.ts';
import { vodKey } from '../../../../lib/iptv/vod-name.ts';
import type { TitleId } from '../../../../lib/stremio/media-id.ts';
import type { TitlesOnDemand } from '../../../metadata/contract.ts';
import type { SubjectSource } from '../../../sources/contract.ts';
import type { ChannelRights } from '../../contract.ts';
import type { VodLibrary, VodTitle } from '../contract.ts';
import { isSame } from './linker.ts';
import type { LinkStore } from './store.ts';

export interface VodFinderParts {
  readonly library: VodLibrary;
  readonly store: LinkStore;
  readonly subjects: SubjectSource;
  readonly onDemand: TitlesOnDemand;
}

const NAMES_MAX = 20;

export class VodFinder {
  readonly #parts: VodFinderParts;

  constructor(parts: VodFinderParts) {
    this.#parts = parts;
  }

  /** Where no link is known yet, names are compared; what fits is linked from then on. */
  async find(
    id: TitleId,
    rights: ChannelRights,
    signal: CancelSignal,
  ): Promise<readonly VodTitle[]> {
    const { library, store } = this.#parts;
    const mediaId = await this.#mediaOf(id, signal);
    const linked = await library.ofTitle(mediaId, id, rights, signal);
    if (linked.length > 0 || mediaId === null) return linked;
    const links = await this.#unlinked(mediaId, id, signal);
    if (links.length === 0) return linked;
    await store.setLinks(links, signal);
    return library.ofTitle(mediaId, id, rights, signal);
  }

  async #mediaOf(id: TitleId, signal: CancelSignal): Promise<number | null> {
    const { store, onDemand } = this.#parts;
    const known = await store.mediaOf(id, signal);
    if (known !== null) return known;
    const creation = await onDemand.create(id, signal);
    return creation === 'created' ? store.mediaOf(id, signal) : null;
  }

  async #unlinked(mediaId: number, { type }: TitleId, signal: CancelSignal) {
    const { store, subjects } = this.#parts;
    const subject = await subjects.searchSubject({ mediaId, season: 0, episode: 0 }, signal);
    if (subject === null) return [];
    const years = [0, subject.year - 1, subject.year, subject.year + 1].filter((year) => year >= 0);
    const keys = subject.names
      .slice(0, NAMES_MAX)
      .flatMap((name) => years.map((year) => vodKey(type, name, year)));
    const found = await store.byKeys([...new Set(keys)], signal);
    return found
      .filter((title) => title.kind === type && isSame(title, subject))
      .map(({ serial }) => ({ serial, mediaId }));
  }
}
