/** The fields of one item, as they were written, become a `FeedItem`. */
import { foldControlCharacters } from '../control-characters.ts';
import { parseInfohash } from '../torrent/infohash.ts';
import { parseMagnet, type Magnet } from '../torrent/magnet.ts';
import { categoryOfWords } from './categories.ts';
import { hasPasskey } from './credentials.ts';
import { readDate } from './dates.ts';
import type { FeedItem } from './feed-item.ts';
import type { Enclosure, ItemFields } from './item-fields.ts';
import { readCount, readSize } from './numbers.ts';

const TITLE_CHARS_MAX = 500;
const NAME_CHARS_MAX = 100;
const URL_CHARS_MAX = 4096;
/** Some feeds give the length of the `.torrent` itself. */
const ENCLOSURE_BYTES_MIN = 2 ** 20;
const SEEDERS_MAX = 10_000_000;
/** The file's whole name: a passkey may look like a hash. */
const HASH_IN_URL = /\/([0-9a-f]{40})\.torrent\b/i;
const HASH = /^[0-9a-f]{40}$/i;
const MAGNET = /^magnet:/i;
const WEB = /^https?:\/\//i;
const NZB_LINK = /\.nzb\b|\/getnzb\b|[?&]t=get\b/i;
const SIZE_IN_TEXT = /\b(\d+(?:[.,]\d+)?)\s*([kmgt]i?b)\b/i;
const SEEDERS_IN_TEXT = /\bseed(?:er)?s?\s*:\s*(\d+)|\b(\d+)\s+seeders?\b/i;

/**
 * Null for an item without a title, of which nothing can be told.
 * @param baseUrl where the feed is from: addresses in it may be relative
 */
export function readItem(fields: ItemFields, baseUrl: string): FeedItem | null {
  const source = new ItemSource(fields, baseUrl);
  const magnet = source.magnet();
  const title = titleOf(source, magnet);
  if (title === '') return null;
  const torrent = source.torrentUrl();
  const infohash = source.infohash(magnet, torrent);
  const isPrivate = privacyOf(source, torrent);
  const hasSameHash = magnet !== null && magnet.infohash === infohash;
  return {
    title,
    infohash: infohash === null ? null : detached(infohash),
    trackers: hasSameHash && isPrivate !== true ? magnet.trackers : [],
    torrentUrl: detached(torrent),
    nzbUrl: detached(source.nzbUrl()),
    sizeBytes: sizeOf(source, magnet),
    seeders: seedersOf(source),
    publishedAtS: publishedOf(source),
    categories: categoriesOf(source),
    imdbId: imdbIdOf(source.attribute('imdb') || source.attribute('imdbid')),
    tmdbId: numberIdOf(source.attribute('tmdbid') || source.attribute('tmdb')),
    isPrivate,
    isPassworded: source.attribute('password') === '1',
    indexer: oneLine(indexerOf(source), NAME_CHARS_MAX),
    uploader: oneLine(source.attribute('uploader') || source.attribute('poster'), NAME_CHARS_MAX),
  };
}

/** The fields by what they are for. */
class ItemSource {
  readonly #fields: ItemFields;
  readonly #baseUrl: string;

  constructor(fields: ItemFields, baseUrl: string) {
    this.#fields = fields;
    this.#baseUrl = baseUrl;
  }

  get privacy(): string {
    return this.#fields.privacy;
  }

  /** The first value, or empty. */
  element(name: string): string {
    return this.#fields.elements.get(name)?.[0] ?? '';
  }

  attribute(name: string): string {
    return this.#fields.attributes.get(name)?.[0] ?? '';
  }

  /** Numbers of the attributes; the texts of the elements where there are none. */
  categoryTexts(): readonly string[] {
    const { attributes, elements } = this.#fields;
    return attributes.get('category') ?? elements.get('category') ?? [];
  }

  enclosureLength(): string {
    return this.#fields.enclosures.find(({ length }) => readSize(length) > 0)?.length ?? '';
  }

  /** The first magnet link wherever one may stand. */
  magnet(): Magnet | null {
    for (const link of this.#links()) {
      const magnet = MAGNET.test(link) ? parseMagnet(link) : null;
      if (magnet !== null) return magnet;
    }
    return null;
  }

  /** What the item says outright, then its magnet link; some say it in the name of the file alone. */
  infohash(magnet: Magnet | null, torrentUrl: string): string | null {
    const said = this.attribute('infohash') || this.element('infohash');
    const guid = this.element('guid') || this.element('id');
    return (
      parseInfohash(said) ??
      magnet?.infohash ??
      parseInfohash(HASH_IN_URL.exec(torrentUrl)?.[1] ?? '') ??
      (HASH.test(guid) ? parseInfohash(guid) : null)
    );
  }

  /** An enclosure of that type; else, where nothing is enclosed, the link. */
  torrentUrl(): string {
    const { enclosures } = this.#fields;
    for (const enclosure of enclosures) {
      const url = isTorrent(enclosure) ? this.#absolute(enclosure.url) : '';
      if (url !== '') return url;
    }
    return enclosures.some(isNzb) ? '' : this.#absolute(this.element('link'));
  }

  nzbUrl(): string {
    const { enclosures } = this.#fields;
    const enclosed = enclosures.find(isNzb);
    if (enclosed !== undefined) return this.#absolute(enclosed.url);
    const link = this.element('link');
    return enclosures.length === 0 && NZB_LINK.test(link) ? this.#absolute(link) : '';
  }

  #links(): readonly string[] {
    return [
      this.attribute('magneturl'),
      ...this.#fields.enclosures.map(({ url }) => url),
      ...['magneturi', 'link', 'guid', 'id', 'comments'].map((name) => this.element(name)),
    ];
  }

  /** Empty for what is no web address. */
  #absolute(url: string): string {
    if (url === '' || url.length > URL_CHARS_MAX || MAGNET.test(url)) return '';
    if (WEB.test(url)) return URL.canParse(url) ? url : '';
    if (!URL.canParse(url, this.#baseUrl)) return '';
    const { protocol, href } = new URL(url, this.#baseUrl);
    return protocol === 'https:' || protocol === 'http:' ? href : '';
  }
}

function isTorrent({ url, type }: Enclosure): boolean {
  return type.includes('bittorrent') || /\.torrent\b/i.test(url);
}

function isNzb({ url, type }: Enclosure): boolean {
  return type.includes('nzb') || (type === '' && /\.nzb\b/i.test(url));
}

function titleOf(source: ItemSource, magnet: Magnet | null): string {
  const title = oneLine(unescapedAgain(source.element('title')), TITLE_CHARS_MAX);
  if (title !== '') return title;
  const filename = source.element('filename').replace(/\.torrent$/i, '');
  return oneLine(filename || (magnet?.name ?? ''), TITLE_CHARS_MAX);
}

const TWICE_ESCAPED = /&(?:amp|lt|gt|quot|apos|nbsp|#39|#x27|#0*38);/gi;
const CHARACTERS: ReadonlyMap<string, string> = new Map([
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&quot;', '"'],
  ['&nbsp;', ' '],
  ['&apos;', "'"],
  ['&#39;', "'"],
  ['&#x27;', "'"],
]);

/** Titles that were HTML before they became XML are escaped twice. */
function unescapedAgain(text: string): string {
  if (!text.includes('&')) return text;
  return text.replaceAll(TWICE_ESCAPED, (entity) => CHARACTERS.get(entity.toLowerCase()) ?? '&');
}

function oneLine(text: string, charsMax: number): string {
  return detached(foldControlCharacters(text).slice(0, charsMax).replaceAll(/\s+/g, ' '));
}

/** A copy: parts of a string keep the whole of it in memory, which is a piece of the response here. */
function detached(text: string): string {
  return text === '' ? '' : Buffer.from(text).toString();
}

function sizeOf(source: ItemSource, magnet: Magnet | null): number {
  const enclosed = readSize(source.enclosureLength());
  return (
    readSize(source.attribute('size')) ||
    readSize(source.element('size')) ||
    readSize(source.element('contentlength')) ||
    (enclosed >= ENCLOSURE_BYTES_MIN ? enclosed : 0) ||
    (magnet?.sizeBytes ?? 0) ||
    readSize(SIZE_IN_TEXT.exec(textOf(source))?.[0])
  );
}

/** What it says in words. */
function textOf(source: ItemSource): string {
  return source.element('description') || source.element('summary');
}

function seedersOf(source: ItemSource): number {
  const said = source.attribute('seeders') || source.element('seeders') || source.element('seeds');
  const [, labelled, counted] = SEEDERS_IN_TEXT.exec(textOf(source)) ?? [];
  const seeders = readCount(said === '' ? (labelled ?? counted) : said);
  return seeders === null || seeders > SEEDERS_MAX ? -1 : seeders;
}

function publishedOf(source: ItemSource): number {
  return (
    readDate(source.attribute('usenetdate')) ||
    readDate(source.element('pubdate')) ||
    readDate(source.element('published')) ||
    readDate(source.element('updated')) ||
    readDate(source.element('date'))
  );
}

function categoriesOf(source: ItemSource): readonly number[] {
  const categories = new Set<number>();
  for (const text of source.categoryTexts()) {
    const category = readCount(text) ?? categoryOfWords(text);
    if (category !== null) categories.add(category);
  }
  return [...categories];
}

/** Null when nothing is said. Only trackers with accounts ask for a ratio or a time of seeding. */
function privacyOf(source: ItemSource, torrentUrl: string): boolean | null {
  if (source.privacy !== '') return source.privacy !== 'public';
  const asks =
    Number(source.attribute('minimumratio')) > 0 || Number(source.attribute('minimumseedtime')) > 0;
  return asks || hasPasskey(torrentUrl) ? true : null;
}

/** IMDb pads its numbers to seven digits. */
function imdbIdOf(text: string): string {
  const number = Number(/^(?:tt)?(\d{1,10})$/i.exec(text)?.[1] ?? 0);
  return number === 0 ? '' : `tt${String(number).padStart(7, '0')}`;
}

function numberIdOf(text: string): string {
  const number = readCount(text) ?? 0;
  return number === 0 || number > 999_999_999 ? '' : String(number);
}

function indexerOf(source: ItemSource): string {
  return (
    source.element('prowlarrindexer') ||
    source.element('jackettindexer') ||
    source.element('indexer') ||
    source.attribute('indexer') ||
    source.attribute('hydraindexername')
  );
}
