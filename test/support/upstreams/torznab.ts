/** An indexer that speaks Torznab or Newznab: capabilities, searches by id and by words, paging, errors in XML. */
import { createHash } from 'node:crypto';
import {
  FakeUpstream,
  xml,
  type Answer,
  type Asked,
  type UpstreamOptions,
} from './fake-upstream.ts';
import {
  releasesByWords,
  releasesOf,
  workByImdb,
  WORKS,
  type FakeRelease,
  type FakeWork,
} from './works.ts';

export interface FakeIndexer {
  readonly title?: string;
  /** Empty: none is asked for. */
  readonly apiKey?: string;
  readonly works?: readonly FakeWork[];
  /** Search types that it has; all by default. */
  readonly knows?: { readonly movie: boolean; readonly tv: boolean };
  /** Whether `imdbid` is understood. */
  readonly byImdb?: boolean;
  readonly limitMax?: number;
  /** Items for Usenet instead of torrents. */
  readonly isUsenet?: boolean;
  /** What its downloads are; names the release by default. */
  readonly nzb?: string;
  /** Where a release's hash stands; `download` names no hash but a `.torrent` file or a redirect to a magnet link. */
  readonly hashIn?: 'attribute' | 'magnet' | 'download';
  /** Where download links lead; the indexer's own address by default. */
  readonly downloadBase?: string;
  /** XML of items that are put before each page. */
  readonly extraItems?: string;
  /** bitmagnet names the attribute `error`. */
  readonly errorAttribute?: 'code' | 'error';
}

export type TorznabOptions = FakeIndexer & Partial<Omit<UpstreamOptions, 'answer'>>;

export function startTorznab(options: TorznabOptions = {}): Promise<FakeUpstream> {
  const answer = ({ path, query }: Asked): Answer | undefined => {
    if (path === '/api' || path === '/torznab/api') return torznabAnswer(query, options);
    const isDownload = options.isUsenet === true && path.startsWith('/download/');
    return isDownload ? nzbAnswer(path, query, options) : undefined;
  };
  return FakeUpstream.start({ ...options, answer });
}

const PUBLISHED = 'Wed, 16 Jun 2010 12:00:00 +0000';

/** What the indexer answers to one query. */
export function torznabAnswer(query: URLSearchParams, indexer: FakeIndexer): Answer {
  const kind = query.get('t') ?? '';
  const { movie, tv } = indexer.knows ?? { movie: true, tv: true };
  if (kind === 'caps') return xml(caps(indexer));
  if ((indexer.apiKey ?? '') !== '' && query.get('apikey') !== indexer.apiKey)
    return problem(indexer, 100, 'Incorrect user credentials');
  const isKnown = kind === 'search' || (kind === 'movie' && movie) || (kind === 'tvsearch' && tv);
  if (!isKnown) return problem(indexer, 203, `Function not available (${kind})`);
  return xml(feed(found(query, indexer), query, indexer));
}

function nzbAnswer(path: string, query: URLSearchParams, indexer: FakeIndexer): Answer {
  if ((indexer.apiKey ?? '') !== '' && query.get('apikey') !== indexer.apiKey)
    return problem(indexer, 100, 'Incorrect user credentials');
  const nzb = `<?xml version="1.0"?>\n<nzb xmlns="http://www.newzbin.com/DTD/2003/nzb"><!-- ${path} --></nzb>`;
  return { contentType: 'application/x-nzb', body: indexer.nzb ?? nzb };
}

function found(query: URLSearchParams, indexer: FakeIndexer): readonly FakeRelease[] {
  const works = indexer.works ?? WORKS;
  const season = Number(query.get('season') ?? 0);
  const episode = Number(query.get('ep') ?? 0);
  const imdbId = query.get('imdbid')?.replace(/^(?:tt)?/, 'tt');
  if (imdbId !== undefined) {
    const work = workByImdb(imdbId, works);
    if (work === undefined || indexer.byImdb === false) return [];
    if (work.type === 'movie' || season === 0) return work.releases;
    return releasesOf(work, season, episode);
  }
  const words = query.get('q') ?? '';
  const byWords =
    words === '' ? works.flatMap((work) => work.releases) : releasesByWords(words, works);
  return season === 0
    ? byWords
    : byWords.filter(
        (release) =>
          release.season === season &&
          (episode === 0 || release.episode === 0 || release.episode === episode),
      );
}

function caps({ title = 'Fake', knows, byImdb, limitMax = 100 }: FakeIndexer): string {
  const { movie, tv } = knows ?? { movie: true, tv: true };
  const id = byImdb === false ? '' : ',imdbid';
  const yesNo = (value: boolean) => (value ? 'yes' : 'no');
  return `<?xml version="1.0" encoding="UTF-8"?>
<caps>
  <server version="1.0" title="${escaped(title)}" />
  <limits max="${limitMax}" default="${limitMax}" />
  <searching>
    <search available="yes" supportedParams="q" />
    <tv-search available="${yesNo(tv)}" supportedParams="q,season,ep${id}" />
    <movie-search available="${yesNo(movie)}" supportedParams="q${id}" />
  </searching>
  <categories>
    <category id="2000" name="Movies"><subcat id="2040" name="Movies/HD" /></category>
    <category id="5000" name="TV"><subcat id="5040" name="TV/HD" /></category>
  </categories>
</caps>`;
}

function feed(
  releases: readonly FakeRelease[],
  query: URLSearchParams,
  indexer: FakeIndexer,
): string {
  const offset = Number(query.get('offset') ?? 0);
  const limit = Math.min(Number(query.get('limit') ?? 100), indexer.limitMax ?? 100);
  const page = releases.slice(offset, offset + limit).map((release) => item(release, indexer));
  return `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:torznab="http://torznab.com/schemas/2015/feed" xmlns:newznab="http://www.newznab.com/DTD/2010/feeds/attributes/">
<channel><title>${escaped(indexer.title ?? 'Fake')}</title>
<newznab:response offset="${offset}" total="${releases.length}" />
${indexer.extraItems ?? ''}${page.join('\n')}
</channel></rss>`;
}

function item(release: FakeRelease, indexer: FakeIndexer): string {
  const { hashIn = 'attribute', apiKey = '', downloadBase = 'https://indexer.invalid' } = indexer;
  const { name, infohash, sizeBytes, seeders, season } = release;
  const id = createHash('md5').update(name).digest('hex');
  const magnet = `magnet:?xt=urn:btih:${infohash.toUpperCase()}&dn=${encodeURIComponent(name)}`;
  const download = `${downloadBase}/download/${id}?apikey=${apiKey}&link=${infohash}`;
  const link = indexer.isUsenet || hashIn === 'download' ? download : magnet;
  const prefix = indexer.isUsenet ? 'newznab' : 'torznab';
  const attributes: (readonly [string, string | number])[] = [
    ['category', season === 0 ? 2040 : 5040],
    ['size', sizeBytes],
  ];
  if (!indexer.isUsenet) attributes.push(['seeders', seeders], ['peers', seeders + 2]);
  if (!indexer.isUsenet && hashIn === 'attribute') attributes.push(['infohash', infohash]);
  if (!indexer.isUsenet && hashIn === 'magnet') attributes.push(['magneturl', magnet]);
  const type = indexer.isUsenet ? 'application/x-nzb' : 'application/x-bittorrent';
  return `<item>
<title>${escaped(name)}</title>
<guid isPermaLink="false">${id}</guid>
<link>${escaped(link)}</link>
<pubDate>${PUBLISHED}</pubDate>
<size>${sizeBytes}</size>
<enclosure url="${escaped(link)}" length="${sizeBytes}" type="${type}" />
${attributes.map(([key, value]) => `<${prefix}:attr name="${key}" value="${escaped(String(value))}" />`).join('\n')}
</item>`;
}

function problem(indexer: FakeIndexer, code: number, description: string): Answer {
  return xml(
    `<?xml version="1.0" encoding="UTF-8"?>\n<error ${indexer.errorAttribute ?? 'code'}="${code}" description="${escaped(description)}" />`,
  );
}

/** As text or an attribute of XML. */
export function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
