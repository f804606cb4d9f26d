/** The list of indexers of a server that manages them: Jackett's answer to `t=indexers`. */
import { foldControlCharacters } from '../control-characters.ts';
import { LenientParser, localName } from './lenient-parser.ts';
import { readCount } from './numbers.ts';

export interface ListedIndexer {
  /** What stands for it in addresses. */
  readonly id: string;
  readonly name: string;
  /** `public`, `semi-private`, `private`; empty when it is not said. */
  readonly privacy: string;
  /** Newznab's numbering; empty when none are listed. */
  readonly categories: readonly number[];
}

export type IndexerList =
  | { readonly kind: 'indexers'; readonly indexers: readonly ListedIndexer[] }
  | { readonly kind: 'error'; readonly code: number; readonly description: string }
  | { readonly kind: 'other' };

const ID = /^[\w.-]{1,100}$/;
const INDEXERS_MAX = 2000;
const CATEGORIES_MAX = 500;
const TEXT_CHARS_MAX = 200;

interface OpenIndexer {
  id: string;
  isConfigured: boolean;
  name: string;
  privacy: string;
  readonly categories: number[];
}

/** Those that are configured, also of a list that ends in the middle. Never throws. */
export function readIndexers(text: string): IndexerList {
  const reader = new ListReader();
  const parser = new LenientParser();
  parser.on('opentag', ({ name, attributes }) => reader.open(localName(name), attributes));
  parser.on('text', (value) => reader.text(value));
  parser.on('closetag', ({ name }) => reader.close(localName(name)));
  parser.read(text);
  return reader.list();
}

class ListReader {
  #root = '';
  #error: { readonly code: number; readonly description: string } | null = null;
  #indexer: OpenIndexer | null = null;
  #text = '';
  readonly #indexers: ListedIndexer[] = [];

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    this.#root ||= name;
    this.#text = '';
    const { id = '', configured = 'true', code, description = '' } = attributes;
    if (name === 'error')
      this.#error ??= { code: readCount(code) ?? 0, description: oneLine(description) };
    else if (name === 'indexer')
      this.#indexer = {
        id,
        isConfigured: configured === 'true',
        name: '',
        privacy: '',
        categories: [],
      };
    else if (name === 'category' || name === 'subcat') this.#addCategory(readCount(id));
  }

  text(value: string): void {
    if (this.#text.length < TEXT_CHARS_MAX) this.#text += value.slice(0, TEXT_CHARS_MAX);
  }

  close(name: string): void {
    const indexer = this.#indexer;
    if (indexer === null) return;
    if (name === 'title') indexer.name ||= oneLine(this.#text);
    else if (name === 'type') indexer.privacy ||= oneLine(this.#text).toLowerCase();
    else if (name === 'indexer') {
      const { id, isConfigured, privacy, categories } = indexer;
      if (ID.test(id) && isConfigured && this.#indexers.length < INDEXERS_MAX)
        this.#indexers.push({ id, name: indexer.name || id, privacy, categories });
      this.#indexer = null;
    }
  }

  list(): IndexerList {
    if (this.#error !== null) return { kind: 'error', ...this.#error };
    if (this.#root !== 'indexers') return { kind: 'other' };
    return { kind: 'indexers', indexers: this.#indexers };
  }

  #addCategory(category: number | null): void {
    const categories = this.#indexer?.categories;
    if (category !== null && categories !== undefined && categories.length < CATEGORIES_MAX)
      categories.push(category);
  }
}

function oneLine(text: string): string {
  return foldControlCharacters(text).slice(0, TEXT_CHARS_MAX);
}
