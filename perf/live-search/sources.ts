/** Six indexers as they are in the field: three that are quick, one slow, one that hangs and one that fails. */
import { createHash } from 'node:crypto';
import { DisposeStack } from '../../src/lib/async/dispose-stack.ts';
import { FakeUpstream, type Treatment } from '../../test/support/upstreams/fake-upstream.ts';
import { torznabAnswer } from '../../test/support/upstreams/torznab.ts';
import type { FakeWork } from '../../test/support/upstreams/works.ts';

export interface SearchedTitle {
  readonly imdbId: string;
  readonly title: string;
  readonly year: number;
}

export type IndexerName = 'fast-1' | 'fast-2' | 'fast-3' | 'slow' | 'hanging' | 'failing';

export const FAST: readonly IndexerName[] = ['fast-1', 'fast-2', 'fast-3'];
const HANGS: Treatment = { fault: { kind: 'hang' } };
const FAILS: Treatment = { fault: { kind: 'status', status: 500 } };
export const WELL: Treatment = { latency: 200 };
const TREATMENTS: Readonly<Record<IndexerName, Treatment>> = {
  'fast-1': WELL,
  'fast-2': WELL,
  'fast-3': WELL,
  slow: { latency: 5000 },
  hanging: HANGS,
  failing: FAILS,
};

export class Indexers implements AsyncDisposable {
  readonly #byName: ReadonlyMap<IndexerName, FakeUpstream>;
  readonly #stack: DisposeStack;

  private constructor(byName: ReadonlyMap<IndexerName, FakeUpstream>, stack: DisposeStack) {
    this.#byName = byName;
    this.#stack = stack;
  }

  /** Each has one release of every title. Capabilities are always answered at once: they are cached in the field. */
  static async start(titles: readonly SearchedTitle[]): Promise<Indexers> {
    const stack = new DisposeStack();
    const byName = new Map<IndexerName, FakeUpstream>();
    for (const [name, treatment] of Object.entries(TREATMENTS) as [IndexerName, Treatment][]) {
      const works = titles.map((title) => workOf(title, name));
      const upstream = await FakeUpstream.start({
        script: searchesOnly(treatment),
        // All titles have one name: by words alone each search would find all of them.
        answer: ({ query }) => torznabAnswer(query, { works: query.has('imdbid') ? works : [] }),
      });
      byName.set(name, stack.use(upstream));
    }
    return new Indexers(byName, stack);
  }

  /** Value of TORZNAB_SOURCES. */
  get variable(): string {
    return JSON.stringify(
      [...this.#byName].map(([name, { url }]) => ({ name, url: `${url}/api`, apiKey: '' })),
    );
  }

  treat(name: IndexerName, treatment: Treatment): void {
    const upstream = this.#byName.get(name);
    if (upstream !== undefined) upstream.script = searchesOnly(treatment);
  }

  /** Searches that it was asked for. */
  searchesOf(name: IndexerName): number {
    const { asked = [] } = this.#byName.get(name) ?? {};
    return asked.filter(({ query }) => query.get('t') !== 'caps').length;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack[Symbol.asyncDispose]();
  }
}

/** Hexadecimal. */
export function infohashOf(imdbId: string, name: IndexerName): string {
  return createHash('sha1').update(`${imdbId} ${name}`).digest('hex');
}

function searchesOnly(treatment: Treatment) {
  return ({ query }: { readonly query: URLSearchParams }): Treatment =>
    query.get('t') === 'caps' ? {} : treatment;
}

function workOf({ imdbId, title, year }: SearchedTitle, name: IndexerName): FakeWork {
  const release = `${title.replaceAll(' ', '.')}.${year}.2160p.WEB-DL.HEVC-${name}`;
  return {
    type: 'movie',
    imdbId,
    tmdbId: 0,
    name: title,
    alternativeNames: [],
    year,
    released: `${year}-01-01`,
    genre: 'Drama',
    description: '',
    episodes: [],
    releases: [
      {
        name: release,
        infohash: infohashOf(imdbId, name),
        sizeBytes: 20e9,
        seeders: 5000,
        season: 0,
        episode: 0,
        filename: `${release}.mkv`,
        fileIndex: 0,
      },
    ],
  };
}
