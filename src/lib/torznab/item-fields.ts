/** The XML of one item as names and texts, before anything is made of them. */
import { LenientParser, localName } from './lenient-parser.ts';

export interface Enclosure {
  readonly url: string;
  /** Lower case. */
  readonly type: string;
  readonly length: string;
}

export interface ItemFields {
  /** Texts of elements by their lower-case names without prefix; each at least once. */
  readonly elements: ReadonlyMap<string, readonly string[]>;
  /** Values of `torznab:attr`, `newznab:attr` and the like, by lower-case name. */
  readonly attributes: ReadonlyMap<string, readonly string[]>;
  readonly enclosures: readonly Enclosure[];
  /** What is said of the indexer's privacy: `private`, `semi-private`, `public`; lower case. */
  readonly privacy: string;
}

/** Fields of RSS: with a prefix they mean something else (`media:title`, `atom:link`). */
const PLAIN: ReadonlySet<string> = new Set([
  'title',
  'link',
  'guid',
  'id',
  'comments',
  'pubdate',
  'published',
  'updated',
  'description',
  'summary',
  'category',
  'type',
  'indexer',
  'jackettindexer',
  'prowlarrindexer',
]);
/** What several namespaces say of a torrent, with and without a prefix: ezRSS, EZTV, nyaa. */
const ANYWHERE: ReadonlySet<string> = new Set([
  'infohash',
  'magneturi',
  'contentlength',
  'size',
  'filename',
  'seeds',
  'seeders',
  'date',
]);
/** An item's own child, or one of `<torrent>` in it. */
const DEPTH_MAX = 3;
/** Of one element; longer ones are cut. */
const TEXT_CHARS_MAX = 16 * 1024;
/** Of one name. */
const VALUES_MAX = 100;
const ENCLOSURES_MAX = 20;

/** Reads item after item with one parser. */
export class ItemFieldReader {
  readonly #parser = new LenientParser();
  #elements = new Map<string, string[]>();
  #attributes = new Map<string, string[]>();
  #enclosures: Enclosure[] = [];
  #privacy = '';
  /** Names of the open elements; null for those whose text nobody wants. */
  #open: (string | null)[] = [];
  /** What was read of each of them. */
  #texts: string[] = [];

  constructor() {
    this.#parser.on('opentag', ({ name, attributes }) => this.#opened(name, attributes));
    this.#parser.on('closetag', () => this.#closed());
    this.#parser.on('text', (text) => this.#read(text));
    this.#parser.on('cdata', (text) => this.#read(text));
  }

  /** @param xml from `<item` on; what is malformed in it is left out */
  read(xml: string): ItemFields {
    this.#elements = new Map();
    this.#attributes = new Map();
    this.#enclosures = [];
    this.#privacy = '';
    this.#open = [];
    this.#texts = [];
    this.#parser.read(xml);
    return {
      elements: this.#elements,
      attributes: this.#attributes,
      enclosures: this.#enclosures,
      privacy: this.#privacy,
    };
  }

  #opened(name: string, attributes: Readonly<Record<string, string>>): void {
    const local = localName(name);
    this.#open.push(this.#isWanted(name, local) ? local : null);
    this.#texts.push('');
    if (local === 'attr') this.#addAttribute(attributes);
    else if (local === 'enclosure') this.#addEnclosure(attributes);
    else if (name.toLowerCase() === 'link') this.#addLink(attributes);
    else if (local === 'prowlarrindexer')
      this.#privacy ||= (attributes['type'] ?? '').toLowerCase();
  }

  #closed(): void {
    const name = this.#open.pop();
    const text = this.#texts.pop()?.trim() ?? '';
    if (typeof name !== 'string' || text === '') return;
    if (name === 'type') this.#privacy = text.toLowerCase();
    else add(this.#elements, name, text);
  }

  #read(text: string): void {
    const last = this.#open.length - 1;
    if (typeof this.#open[last] === 'string')
      this.#texts[last] = `${this.#texts[last] ?? ''}${text}`.slice(0, TEXT_CHARS_MAX);
  }

  #isWanted(name: string, local: string): boolean {
    if (this.#open.length >= DEPTH_MAX) return false;
    return ANYWHERE.has(local) || (this.#open.length === 1 && PLAIN.has(name.toLowerCase()));
  }

  #addAttribute({ name, value }: Readonly<Record<string, string>>): void {
    if (name !== undefined && value !== undefined && value.trim() !== '')
      add(this.#attributes, name.trim().toLowerCase(), value.trim());
  }

  /** Of Atom: RSS has the address as the text. */
  #addLink({ href, rel = 'alternate', type, length }: Readonly<Record<string, string>>): void {
    if (href === undefined) return;
    if (rel === 'enclosure')
      this.#addEnclosure({ url: href, type: type ?? '', length: length ?? '' });
    else if (rel === 'alternate') add(this.#elements, 'link', href.trim());
  }

  #addEnclosure({ url, type, length }: Readonly<Record<string, string>>): void {
    if (url !== undefined && this.#enclosures.length < ENCLOSURES_MAX)
      this.#enclosures.push({
        url: url.trim(),
        type: (type ?? '').toLowerCase(),
        length: length ?? '',
      });
  }
}

function add(map: Map<string, string[]>, name: string, value: string): void {
  const values = map.get(name);
  if (values === undefined) map.set(name, [value]);
  else if (values.length < VALUES_MAX) values.push(value);
}
