/** Which title of the library a provider's film or series is: by its ids, else by its name, as releases are matched. */
import type { CancelSignal } from '../../../../lib/async/cancel.ts';
import { searchQueries } from '../../../../lib/search-text.ts';
import { compileTitle } from '../../../../lib/title-match/compiled-title.ts';
import { matchRelease } from '../../../../lib/title-match/match.ts';
import type { TitleFacts } from '../../../../lib/title-match/title-facts.ts';
import type { Candidate, FoundLink, LinkStore, UnlinkedTitle } from './store.ts';

const BATCH = 1000;
/** The library grows: what was not found is looked for again. */
const AGAIN_DAYS = 7;
const ASKED = { season: 0, episode: 0 };

export interface LinkCounts {
  readonly looked: number;
  readonly linked: number;
}

export class TitleLinker {
  readonly #store: LinkStore;

  constructor(store: LinkStore) {
    this.#store = store;
  }

  async linkAll(progress: (done: number) => void, signal: CancelSignal): Promise<LinkCounts> {
    await this.#store.linkById(signal);
    let [afterSerial, looked, linked] = [0, 0, 0];
    for (;;) {
      const titles = await this.#store.unlinked(afterSerial, AGAIN_DAYS, BATCH, signal);
      const last = titles.at(-1);
      if (last === undefined) return { looked, linked };
      afterSerial = last.serial;
      const links = await this.#find(titles, signal);
      await this.#store.setLinks(links, signal);
      looked += titles.length;
      linked += links.filter(({ mediaId }) => mediaId !== null).length;
      progress(looked);
    }
  }

  async #find(
    titles: readonly UnlinkedTitle[],
    signal: CancelSignal,
  ): Promise<readonly FoundLink[]> {
    const asked = titles.flatMap(({ serial, kind, name }) => {
      const query = searchQueries(name)?.whole;
      return query === undefined ? [] : [{ serial, kind, query }];
    });
    const candidates = new Map<number, Candidate[]>();
    for (const candidate of await this.#store.candidates(asked, signal)) {
      const known = candidates.get(candidate.serial);
      if (known === undefined) candidates.set(candidate.serial, [candidate]);
      else known.push(candidate);
    }
    return titles.map((title) => ({
      serial: title.serial,
      mediaId: bestOf(title, candidates.get(title.serial) ?? []),
    }));
  }
}

/** Null where none fits, or several do equally well. */
function bestOf(title: UnlinkedTitle, candidates: readonly Candidate[]): number | null {
  const fitting = candidates.filter((candidate) => isSame(title, candidate));
  const sameYear = fitting.filter(({ year }) => title.year !== 0 && year === title.year);
  const [best, ...others] = sameYear.length > 0 ? sameYear : fitting;
  return best === undefined || others.length > 0 ? null : best.mediaId;
}

/** As a release of that name would be judged; the beginning of a series is told by its first episode. */
export function isSame(
  { kind, name, year }: UnlinkedTitle,
  candidate: Omit<TitleFacts, 'episodes' | 'isAnime'>,
): boolean {
  const names = candidate.names.filter((known) => known !== '');
  const facts = { ...candidate, names, isAnime: false, episodes: [] };
  const said = `${name}${year === 0 ? '' : ` (${year})`}${kind === 'series' ? ' S01E01' : ''}`;
  const release = { name: said, sizeBytes: 0, imdbId: '', tmdbId: '', isVouchedFor: false };
  return matchRelease(compileTitle(facts), release, ASKED).accepted;
}
