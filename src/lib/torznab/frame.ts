/** What stands around the items of a feed: which kind of document it is, its errors and capabilities. */
import { foldControlCharacters } from '../control-characters.ts';
import { UNLISTED_PARAMS, type Caps, type CapsCategory, type SearchMode } from './caps.ts';
import { LenientParser, localName } from './lenient-parser.ts';
import { readCount } from './numbers.ts';

export type FrameKind = 'feed' | 'caps' | 'error' | 'html' | 'json' | 'empty' | 'other';

export interface Frame {
  readonly kind: FrameKind;
  /** The root element was closed. */
  readonly isComplete: boolean;
  readonly error: FeedError | null;
  readonly caps: Caps | null;
  /** Results over all pages; null when it is not said. */
  readonly total: number | null;
}

export interface FeedError {
  /** Newznab's number; 0 when there is none. */
  readonly code: number;
  /** One line of the other server, of at most 200 characters. */
  readonly description: string;
}

const DESCRIPTION_CHARS_MAX = 200;
const CATEGORIES_MAX = 5000;
const ROOTS: ReadonlyMap<string, FrameKind> = new Map([
  ['rss', 'feed'],
  ['rdf', 'feed'],
  ['feed', 'feed'],
  ['channel', 'feed'],
  ['caps', 'caps'],
  ['error', 'error'],
  ['html', 'html'],
  ['head', 'html'],
  ['body', 'html'],
]);

type Attributes = Readonly<Record<string, string>>;

export function readFrame(text: string): Frame {
  const reader = new FrameReader();
  const parser = new LenientParser();
  parser.on('opentag', ({ name, attributes }) => reader.open(localName(name), attributes));
  parser.on('closetag', () => reader.close());
  parser.read(text);
  return reader.frame(text);
}

class FrameReader {
  #root = '';
  #depth = 0;
  #isComplete = false;
  #error: FeedError | null = null;
  #total: number | null = null;
  #title = '';
  #limitMax = 0;
  readonly #modes = new Map<string, SearchMode>();
  readonly #categories: CapsCategory[] = [];

  open(name: string, attributes: Attributes): void {
    if (this.#root === '') this.#root = name;
    this.#depth++;
    if (name === 'error') this.#error ??= errorOf(attributes);
    else if (name === 'response') this.#total = readCount(attributes['total']);
    else if (this.#root === 'caps') this.#openOfCaps(name, attributes);
  }

  close(): void {
    this.#depth--;
    if (this.#depth === 0) this.#isComplete = true;
  }

  frame(text: string): Frame {
    const kind = kindOf(this.#root, text);
    const isError = kind === 'error' || kind === 'feed' || kind === 'caps';
    return {
      kind,
      isComplete: this.#isComplete,
      error: isError ? this.#error : null,
      caps: kind === 'caps' ? this.#caps() : null,
      total: this.#total,
    };
  }

  #openOfCaps(name: string, attributes: Attributes): void {
    if (name === 'server') this.#title = oneLine(attributes['title'] ?? '');
    else if (name === 'limits') this.#limitMax = readCount(attributes['max']) ?? 0;
    else if (name === 'category' || name === 'subcat') this.#addCategory(attributes);
    else if (name.endsWith('search')) this.#modes.set(name.replace('-', ''), modeOf(attributes));
  }

  #addCategory({ id, name }: Attributes): void {
    const number = readCount(id);
    if (number !== null && this.#categories.length < CATEGORIES_MAX)
      this.#categories.push({ id: number, name: oneLine(name ?? '') });
  }

  #caps(): Caps {
    return {
      title: this.#title,
      limitMax: this.#limitMax,
      search: this.#mode('search', 'search', this.#modes.size === 0),
      movie: this.#mode('moviesearch', 'movie', false),
      series: this.#mode('tvsearch', 'series', false),
      categories: this.#categories,
    };
  }

  #mode(
    name: string,
    unlisted: keyof typeof UNLISTED_PARAMS,
    isAvailableAnyway: boolean,
  ): SearchMode {
    const { isAvailable, params } = this.#modes.get(name) ?? {
      isAvailable: isAvailableAnyway,
      params: new Set<string>(),
    };
    return { isAvailable, params: params.size === 0 ? new Set(UNLISTED_PARAMS[unlisted]) : params };
  }
}

function kindOf(root: string, text: string): FrameKind {
  const kind = ROOTS.get(root);
  if (kind !== undefined) return kind;
  const start = text.trimStart();
  if (start === '') return 'empty';
  if (start.startsWith('{') || start.startsWith('[')) return 'json';
  return /^<!doctype html/i.test(start) ? 'html' : 'other';
}

/** One server calls the attribute `error`. Null for an element of that name that says nothing. */
function errorOf(attributes: Attributes): FeedError | null {
  const code = attributes['code'] ?? attributes['error'];
  const description = attributes['description'] ?? attributes['message'] ?? '';
  if (code === undefined && description === '') return null;
  return { code: readCount(code) ?? 0, description: oneLine(description) };
}

function modeOf(attributes: Attributes): SearchMode {
  const listed = attributes['supportedParams'] ?? '';
  return {
    isAvailable: /^(yes|true|1)$/i.test(attributes['available'] ?? ''),
    params: new Set(
      listed
        .toLowerCase()
        .split(/[\s,;]+/)
        .filter((param) => param !== ''),
    ),
  };
}

function oneLine(text: string): string {
  return Buffer.from(foldControlCharacters(text).slice(0, DESCRIPTION_CHARS_MAX)).toString();
}
