/** Reads XMLTV as it comes in: nothing is kept but the channel or programme that is open. */
import { SaxesParser } from 'saxes';
import { AppError } from '../errors.ts';
import { NO_NUMBER, readOnscreen, readXmltvNs, type EpisodeNumber } from './episode-number.ts';
import type { GuideChannel, LanguageText, Programme } from './programme.ts';
import { readXmltvTime } from './time.ts';

/** Hears of each as soon as its element ends. */
export interface GuideSink {
  channel(channel: GuideChannel): void;
  programme(programme: Programme): void;
  /** One that cannot be stored. @param reason what was wrong */
  refused(reason: string): void;
}

type Attributes = Readonly<Record<string, string>>;

/** Without an element's end in so many characters it is no guide. */
const ELEMENT_CHARS_MAX = 2 ** 20;
const DEPTH_MAX = 64;
const TITLE_CHARS_MAX = 500;
const TEXT_CHARS_MAX = 8000;
const ID_CHARS_MAX = 300;
const URL_CHARS_MAX = 2000;
const TEXTS_MAX = 20;
const CATEGORIES_MAX = 30;
/** What a parser goes on after without harm: odd characters, unknown entities, attributes without quotes. */
const STRUCTURE = /unmatched closing|unexpected close|unclosed tag|unexpected end/;
const YEAR = /^\s*(\d{4})/;

/** Parts of the open channel or programme. */
interface OpenItem {
  readonly attributes: Attributes;
  readonly texts: Map<string, LanguageText[]>;
  iconUrl: string;
  number: EpisodeNumber;
  onscreen: string;
  readonly flags: Set<string>;
}

/** Elements with a text that is read, and how much of it. */
const TEXT_CHARS: ReadonlyMap<string, number> = new Map([
  ['display-name', TITLE_CHARS_MAX],
  ['title', TITLE_CHARS_MAX],
  ['sub-title', TITLE_CHARS_MAX],
  ['desc', TEXT_CHARS_MAX],
  ['category', TITLE_CHARS_MAX],
  ['date', 40],
  ['episode-num', 100],
  ['rating/value', 40],
]);
const FLAGS: ReadonlySet<string> = new Set(['new', 'live', 'previously-shown']);

export class XmltvReader {
  readonly #parser: TolerantParser;
  readonly #sink: GuideSink;
  readonly #path: string[] = [];
  #item: OpenItem | null = null;
  #textAttributes: Attributes = {};
  #text: string | null = null;
  #sinceEventChars = 0;
  #isComplete = false;

  constructor(sink: GuideSink) {
    this.#sink = sink;
    this.#parser = new TolerantParser();
    this.#parser.on('doctype', (doctype) => this.#doctype(doctype));
    this.#parser.on('opentag', ({ name, attributes }) => this.#open(name, attributes));
    this.#parser.on('text', (text) => this.#addText(text));
    this.#parser.on('cdata', (text) => this.#addText(text));
    this.#parser.on('closetag', ({ name }) => this.#close(name));
  }

  /** @throws AppError `guide.bad-file` saying what is wrong, and where */
  write(text: string): void {
    this.#sinceEventChars += text.length;
    this.#parser.write(text);
    if (this.#sinceEventChars - text.length > ELEMENT_CHARS_MAX)
      throw badGuide(`an element or comment is longer than ${ELEMENT_CHARS_MAX} characters`);
  }

  /** The end of the file. @throws AppError `guide.bad-file` also for one that is cut off */
  close(): void {
    if (this.#path.length > 0) throw badGuide(`it is cut off in line ${this.#parser.line}`);
    if (!this.#isComplete) throw badGuide('it has no <tv> element');
    this.#parser.close();
  }

  /** Entities are not expanded; whoever defines some has no guide in mind. */
  #doctype(doctype: string): void {
    this.#sinceEventChars = 0;
    if (/<!ENTITY/i.test(doctype)) throw badGuide('it defines entities, which are not accepted');
  }

  #open(name: string, attributes: Attributes): void {
    this.#sinceEventChars = 0;
    const depth = this.#path.push(name);
    if (depth > DEPTH_MAX) throw badGuide(`elements are nested deeper than ${DEPTH_MAX}`);
    if (depth === 1 && name !== 'tv') throw badGuide(rootProblem(name));
    if (depth === 2) this.#item = isItem(name) ? openItem(attributes) : null;
    const item = this.#item;
    if (item === null || depth < 3) return;
    if (depth === 3 && name === 'icon') item.iconUrl ||= (attributes['src'] ?? '').trim();
    if (depth === 3 && FLAGS.has(name)) item.flags.add(name);
    if (!TEXT_CHARS.has(this.#partName(depth))) return;
    this.#text = '';
    this.#textAttributes = attributes;
  }

  #addText(text: string): void {
    this.#sinceEventChars = 0;
    if (this.#text !== null && this.#text.length < TEXT_CHARS_MAX) this.#text += text;
  }

  #close(name: string): void {
    this.#sinceEventChars = 0;
    const depth = this.#path.length;
    const part = depth < 3 ? '' : this.#partName(depth);
    if (this.#text !== null && TEXT_CHARS.has(part)) this.#endText(part);
    this.#path.pop();
    if (depth === 1) this.#isComplete = true;
    if (depth !== 2 || this.#item === null) return;
    if (name === 'channel') this.#endChannel(this.#item);
    else this.#endProgramme(this.#item);
    this.#item = null;
  }

  #partName(depth: number): string {
    const name = this.#path[depth - 1] ?? '';
    if (depth === 3) return name;
    return depth === 4 && this.#path[2] === 'rating' && name === 'value' ? 'rating/value' : '';
  }

  #endText(part: string): void {
    const item = this.#item;
    const text = (this.#text ?? '').trim().slice(0, TEXT_CHARS.get(part));
    this.#text = null;
    if (item === null || text === '') return;
    if (part === 'episode-num') return this.#number(item, text);
    const all = item.texts.get(part);
    const lang = (this.#textAttributes['lang'] ?? '').trim().slice(0, 20);
    if (all === undefined) item.texts.set(part, [{ text, lang }]);
    else if (all.length < (part === 'category' ? CATEGORIES_MAX : TEXTS_MAX))
      all.push({ text, lang });
  }

  /** `xmltv_ns` says more than what viewers are shown. */
  #number(item: OpenItem, text: string): void {
    const system = this.#textAttributes['system'] ?? 'onscreen';
    if (system === 'xmltv_ns') {
      const number = readXmltvNs(text);
      if (number.season !== null || number.episode !== null) item.number = number;
    } else if (system === 'onscreen') {
      item.onscreen ||= text;
      if (item.number === NO_NUMBER) item.number = readOnscreen(text);
    }
  }

  #endChannel({ attributes, texts, iconUrl }: OpenItem): void {
    const id = idOf(attributes['id']);
    if (id === '') return this.#sink.refused('a channel without an id');
    const names = texts.get('display-name') ?? [];
    this.#sink.channel({ id, names, iconUrl: iconUrl.slice(0, URL_CHARS_MAX) });
  }

  #endProgramme({ attributes, texts, iconUrl, number, onscreen, flags }: OpenItem): void {
    const channelId = idOf(attributes['channel']);
    if (channelId === '') return this.#sink.refused('a programme without a channel');
    const startMs = readXmltvTime(attributes['start'] ?? '');
    if (startMs === null) return this.#sink.refused('a programme whose start is no time');
    const stopMs = readXmltvTime(attributes['stop'] ?? '');
    this.#sink.programme({
      channelId,
      startMs,
      stopMs: stopMs !== null && stopMs > startMs ? stopMs : null,
      titles: texts.get('title') ?? [],
      subtitles: texts.get('sub-title') ?? [],
      descriptions: texts.get('desc') ?? [],
      categories: [...new Set(texts.get('category')?.map(({ text }) => text))],
      iconUrl: iconUrl.slice(0, URL_CHARS_MAX),
      ...number,
      onscreen,
      year: Number(YEAR.exec(texts.get('date')?.[0]?.text ?? '')?.[1] ?? 0),
      rating: texts.get('rating/value')?.[0]?.text ?? '',
      isNew: flags.has('new'),
      isLive: flags.has('live'),
      isRepeat: flags.has('previously-shown'),
    });
  }
}

/** Real guides have errors that lose nothing: they are passed over, without the cost of an Error each. */
class TolerantParser extends SaxesParser<{ xmlns: false; position: true }> {
  constructor() {
    super({ xmlns: false, position: true });
  }

  override fail(message: string): this {
    if (STRUCTURE.test(message)) throw badGuide(`line ${this.line}: ${message.slice(0, 200)}`);
    return this;
  }
}

export function badGuide(problem: string): AppError {
  return new AppError('guide.bad-file', `not a usable XMLTV guide: ${problem}`);
}

function rootProblem(name: string): string {
  return name.toLowerCase() === 'html'
    ? 'it is a web page'
    : `it begins with <${name.slice(0, 40)}>, expected <tv>`;
}

function isItem(name: string): boolean {
  return name === 'channel' || name === 'programme';
}

function openItem(attributes: Attributes): OpenItem {
  return {
    attributes,
    texts: new Map(),
    iconUrl: '',
    number: NO_NUMBER,
    onscreen: '',
    flags: new Set(),
  };
}

function idOf(id: string | undefined): string {
  return (id ?? '').trim().slice(0, ID_CHARS_MAX);
}
