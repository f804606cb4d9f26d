/** Answers of a Torznab server: results, capabilities, errors. */
import { formatMagnet } from '../torrent/magnet.ts';
import type { Caps, SearchMode } from './caps.ts';
import { VIDEO_CATEGORIES } from './categories.ts';
import { rssDate, xmlText } from './feed-text.ts';

/** One torrent that is offered. Texts are empty and numbers 0 when unknown. */
export interface OfferedTorrent {
  readonly title: string;
  /** 40 lower-case hexadecimal digits. */
  readonly infohash: string;
  readonly trackers: readonly string[];
  readonly sizeBytes: number;
  /** -1 when unknown. */
  readonly seeders: number;
  readonly publishedAtS: number;
  /** Newznab's numbering; at least one. */
  readonly categories: readonly number[];
  /** `tt0063350` */
  readonly imdbId: string;
  readonly tmdbId: string;
  readonly season: number | null;
  readonly episode: number | null;
}

export interface OfferedPage {
  readonly torrents: readonly OfferedTorrent[];
  readonly offset: number;
  /** Over all pages, as far as is known. */
  readonly total: number;
}

export interface ServerIdentity {
  readonly title: string;
  readonly version: string;
  /** Where its pages are; no trailing slash. */
  readonly url: string;
}

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';
/** Read by Sonarr and Radarr as a magnet link, by everything else as a torrent. */
const MAGNET_TYPE = 'application/x-bittorrent;x-scheme-handler/magnet';

/** Size, seeders and hash stand where plain RSS has them, too: some readers keep the last `torznab:attr` alone. */
export function writeFeed(server: ServerIdentity, page: OfferedPage): string {
  return (
    `${DECLARATION}<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" ` +
    'xmlns:newznab="http://www.newznab.com/DTD/2010/feeds/attributes/" xmlns:torznab="http://torznab.com/schemas/2015/feed">\n' +
    `<channel>\n<title>${xmlText(server.title)}</title>\n<link>${xmlText(server.url)}/</link>\n` +
    `<description>${xmlText(server.title)}</description>\n` +
    `<atom:link href="${xmlText(server.url)}/torznab/api" rel="self" type="application/rss+xml"/>\n` +
    `<newznab:response offset="${page.offset}" total="${page.total}"/>\n` +
    `${page.torrents.map(item).join('')}</channel>\n</rss>\n`
  );
}

function item(torrent: OfferedTorrent): string {
  const { infohash, title, trackers, sizeBytes, seeders, categories } = torrent;
  const magnet = xmlText(formatMagnet({ infohash, name: title, trackers }));
  const plain = categories.map((category) => `<category>${category}</category>\n`).join('');
  return (
    `<item>\n<title>${xmlText(title)}</title>\n<guid isPermaLink="false">${infohash}</guid>\n<link>${magnet}</link>\n` +
    `<pubDate>${rssDate(torrent.publishedAtS)}</pubDate>\n${plain}<size>${sizeBytes}</size>\n` +
    `<description>${xmlText(describe(torrent))}</description>\n` +
    `<enclosure url="${magnet}" length="${sizeBytes}" type="${MAGNET_TYPE}"/>\n` +
    `${attributes(torrent, magnet, seeders)}</item>\n`
  );
}

function attributes(torrent: OfferedTorrent, magnet: string, seeders: number): string {
  const { imdbId, tmdbId, season, episode } = torrent;
  const lines: [name: string, value: string | number][] = [
    ...torrent.categories.map((category): [string, number] => ['category', category]),
    ['size', torrent.sizeBytes],
    ['infohash', torrent.infohash],
    ['magneturl', magnet],
  ];
  // Peers count seeders, too; of the others nobody knows.
  if (seeders >= 0) lines.push(['seeders', seeders], ['peers', seeders]);
  // Digits alone under the one name, and as IMDb writes it under the other: readers differ.
  if (imdbId !== '') lines.push(['imdb', imdbId.replace('tt', '')], ['imdbid', imdbId]);
  if (tmdbId !== '') lines.push(['tmdbid', tmdbId]);
  if (season !== null) lines.push(['season', season]);
  if (episode !== null) lines.push(['episode', episode]);
  lines.push(['downloadvolumefactor', 0], ['uploadvolumefactor', 1]);
  return lines.map(([name, value]) => `<torznab:attr name="${name}" value="${value}"/>\n`).join('');
}

function describe({ sizeBytes, seeders }: OfferedTorrent): string {
  const size = sizeBytes > 0 ? `Size: ${(sizeBytes / 2 ** 30).toFixed(2)} GiB` : '';
  const seeds = seeders >= 0 ? `Seeders: ${seeders}` : '';
  return [size, seeds].filter((part) => part !== '').join(', ');
}

type OfferedCaps = Pick<Caps, 'limitMax' | 'search' | 'movie' | 'series'> & {
  readonly limitDefault: number;
};

export function writeCaps(server: ServerIdentity, caps: OfferedCaps): string {
  const mode = (name: string, { isAvailable, params }: SearchMode) =>
    `<${name} available="${isAvailable ? 'yes' : 'no'}" supportedParams="${[...params].join(',')}"/>\n`;
  return (
    `${DECLARATION}<caps>\n<server title="${xmlText(server.title)}" version="${xmlText(server.version)}" ` +
    `url="${xmlText(server.url)}"/>\n` +
    `<limits max="${caps.limitMax}" default="${caps.limitDefault}"/>\n<registration available="no" open="no"/>\n<searching>\n` +
    mode('search', caps.search) +
    mode('tv-search', caps.series) +
    mode('movie-search', caps.movie) +
    '<audio-search available="no" supportedParams="q"/>\n<book-search available="no" supportedParams="q"/>\n</searching>\n' +
    `<categories>\n${VIDEO_CATEGORIES.map(category).join('')}</categories>\n</caps>\n`
  );
}

function category({ id, name, children }: (typeof VIDEO_CATEGORIES)[number]): string {
  const subcategories = Object.entries(children).map(
    ([child, childName]) => `<subcat id="${child}" name="${childName}"/>\n`,
  );
  return `<category id="${id}" name="${name}">\n${subcategories.join('')}</category>\n`;
}

export function writeError(code: number, description: string): string {
  return `${DECLARATION}<error code="${code}" description="${xmlText(description)}"/>\n`;
}
