/** Parsers of sources. Their errors name entry, field, what was found and what is expected, and hold no credential. */
import { hasControlCharacter } from '../../lib/control-characters.ts';
import { headerProblem } from '../../lib/source-settings/request-headers.ts';
import { maskPath, splitAddresses } from './mask.ts';
import { ValueProblem, type Parser } from './parsers.ts';

/** One entry of TORZNAB_SOURCES or NEWZNAB_SOURCES. */
export interface ConfiguredIndexer {
  readonly name: string;
  readonly url: string;
  /** Empty: none. */
  readonly apiKey: string;
  /** Empty: the standard ones. */
  readonly categories: readonly number[];
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
}

const ENTRIES_MAX = 50;
const NAME_CHARS_MAX = 60;
const URL_CHARS_MAX = 2048;
const SECRET_CHARS_MAX = 2048;
const CATEGORIES_MAX = 100;
const CATEGORY_MAX = 1_000_000;
const HEADERS_MAX = 20;
const FIELDS = ['name', 'url', 'apiKey', 'categories', 'headers'] as const;

const LIST_EXPECTED =
  'a JSON list like [{"name":"Films","url":"https://indexer.example/api","apiKey":"…"}], with "categories" ' +
  '(numbers) and "headers" (an object) where they are needed';

/** Where a mistake is: `entry 2 ("Films")`. */
class Entry {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly #place: string;

  constructor(value: unknown, index: number) {
    const name =
      isObject(value) && typeof value['name'] === 'string' ? ` (${quoted(value['name'])})` : '';
    this.#place = `entry ${index + 1}${name}`;
    if (!isObject(value)) this.fail(`found ${described(value)}, expected an object`);
    this.fields = value;
  }

  fail(problem: string): never {
    throw new ValueProblem(`${this.#place}: ${problem}`);
  }

  /** @param found what it is, in words: a credential is not shown */
  failField(field: string, found: string, expected: string): never {
    throw new ValueProblem(`${this.#place}, field ${field}: found ${found}, expected ${expected}`);
  }
}

export const indexerList: Parser<readonly ConfiguredIndexer[]> = {
  expected: LIST_EXPECTED,
  parse(raw) {
    const entries = parseJsonList(raw);
    if (entries.length > ENTRIES_MAX)
      throw new ValueProblem(`found ${entries.length} entries, expected at most ${ENTRIES_MAX}`);
    const indexers = entries.map((value, index) => indexerOf(new Entry(value, index)));
    checkUniqueNames(indexers);
    return indexers;
  },
};

/** The text of the parser's own error would show what stands around the mistake: keys, as a rule. */
function parseJsonList(raw: string): readonly unknown[] {
  let value: unknown;
  try {
    value = JSON.parse(raw);
  } catch (error) {
    const position = /position (\d+)/.exec(String(error))?.[1];
    const place = position === undefined ? '' : `, wrong at character ${Number(position) + 1}`;
    throw new ValueProblem(`found a text that is no JSON${place}, expected ${LIST_EXPECTED}`);
  }
  if (!Array.isArray(value))
    throw new ValueProblem(`found ${described(value)}, expected ${LIST_EXPECTED}`);
  return value as readonly unknown[];
}

function indexerOf(entry: Entry): ConfiguredIndexer {
  checkFieldNames(entry);
  const url = urlOf(entry);
  return {
    name: nameOf(entry),
    url,
    apiKey: apiKeyOf(entry, url),
    categories: categoriesOf(entry),
    headers: headersOf(entry),
  };
}

function checkFieldNames(entry: Entry): void {
  for (const name of Object.keys(entry.fields)) {
    if ((FIELDS as readonly string[]).includes(name)) continue;
    const plain = name.toLowerCase().replaceAll(/[^a-z]/g, '');
    const meant = FIELDS.find((field) => field.toLowerCase() === plain);
    const expected = meant === undefined ? `only ${FIELDS.join(', ')}` : `it to be called ${meant}`;
    entry.fail(`the field ${quoted(name)} is not known, expected ${expected}`);
  }
}

function nameOf(entry: Entry): string {
  const expected = `a text of 1 to ${NAME_CHARS_MAX} characters on one line`;
  const value = entry.fields['name'];
  if (typeof value !== 'string') return entry.failField('name', described(value), expected);
  const name = value.trim();
  return name === '' || name.length > NAME_CHARS_MAX || hasControlCharacter(name)
    ? entry.failField('name', quoted(value), expected)
    : name;
}

function urlOf(entry: Entry): string {
  const expected = 'an address like https://indexer.example/api (http or https)';
  const value = entry.fields['url'];
  if (typeof value !== 'string') return entry.failField('url', described(value), expected);
  return isHttpUrl(value) ? value : entry.failField('url', shownUrl(value), expected);
}

/** Left out only where the address has it: who forgot it would learn it from the first search. */
function apiKeyOf(entry: Entry, url: string): string {
  const expected = 'the key, or "" where the server wants none';
  const value = entry.fields['apiKey'];
  if (value === undefined && new URL(url).searchParams.has('apikey')) return '';
  return secretOf(value) ?? entry.failField('apiKey', describedSecret(value), expected);
}

function categoriesOf(entry: Entry): readonly number[] {
  const expected = `at most ${CATEGORIES_MAX} whole numbers, like [2000, 5000]`;
  const value = entry.fields['categories'] ?? [];
  if (!Array.isArray(value)) return entry.failField('categories', described(value), expected);
  const items: readonly unknown[] = value;
  const wrong = items.find((item) => !isCategory(item));
  if (wrong !== undefined) return entry.failField('categories', described(wrong), expected);
  return items.length > CATEGORIES_MAX
    ? entry.failField('categories', `${items.length} entries`, expected)
    : items.filter(isCategory);
}

function headersOf(entry: Entry): Readonly<Record<string, string>> {
  const expected = `an object of at most ${HEADERS_MAX} texts, like {"X-Api-Key":"…"}`;
  const value = entry.fields['headers'] ?? {};
  if (!isObject(value)) return entry.failField('headers', described(value), expected);
  const lines = Object.entries(value);
  if (lines.length > HEADERS_MAX)
    return entry.failField('headers', `${lines.length} entries`, expected);
  return Object.fromEntries(
    lines.map(([name, given]) => {
      const text = secretOf(given);
      if (text === null)
        return entry.failField(`headers.${quoted(name)}`, describedSecret(given), 'a text');
      const problem = headerProblem(name, text);
      if (problem !== null) entry.fail(`field headers.${quoted(name)}: ${problem}`);
      return [name.toLowerCase(), text];
    }),
  );
}

function checkUniqueNames(indexers: readonly ConfiguredIndexer[]): void {
  const seen = new Map<string, number>();
  indexers.forEach(({ name }, index) => {
    const before = seen.get(name.toLowerCase());
    if (before !== undefined)
      throw new ValueProblem(
        `entry ${index + 1}, field name: found ${quoted(name)}, which entry ${before + 1} has, ` +
          'expected another one for each entry',
      );
    seen.set(name.toLowerCase(), index);
  });
}

const ADDON_SUFFIX = /\/(?:manifest\.json)?$/;

/** The root of an add-on: its manifest's address without `/manifest.json`. `stremio://` is https, on this machine http. */
function addonRoot(raw: string): string | null {
  const plain = raw.replace(/^stremio:\/\/(?=(?:localhost|127\.|\[::1\]))/i, 'http://');
  const url = plain.replace(/^stremio:\/\//i, 'https://');
  if (!isHttpUrl(url)) return null;
  const { search, hash, pathname } = new URL(url);
  const hasMore = search !== '' || hash !== '' || /\/manifest\.json[^/]/.test(pathname);
  return hasMore ? null : url.replace(ADDON_SUFFIX, '');
}

const ADDON_EXPECTED =
  'addresses of manifests, comma-separated, like https://addon.example/manifest.json (stremio:// is the same)';

export const addonList: Parser<readonly string[]> = {
  expected: ADDON_EXPECTED,
  parse(raw) {
    const addresses = splitAddresses(raw);
    if (addresses.length > ENTRIES_MAX)
      throw new ValueProblem(`found ${addresses.length} entries, expected at most ${ENTRIES_MAX}`);
    const roots = addresses.map((address, index) => {
      const root = address.endsWith('/manifest.json') ? addonRoot(address) : null;
      if (root !== null) return root;
      throw new ValueProblem(
        `entry ${index + 1}: found ${quoted(maskPath(address))}, expected ${ADDON_EXPECTED}`,
      );
    });
    const twice = roots.findIndex((root, index) => roots.indexOf(root) !== index);
    if (twice >= 0)
      throw new ValueProblem(
        `entry ${twice + 1}: found ${quoted(maskPath(roots[twice] ?? ''))} a second time, expected each address once`,
      );
    return roots;
  },
};

/** The root of one add-on, with or without `/manifest.json`. */
export function addonUrl(example: string): Parser<string> {
  return { expected: `an address like ${example}`, parse: (raw) => addonRoot(raw) ?? reject() };
}

/** The root of a server's API; the result has no slash at its end. */
export function serverUrl(example: string): Parser<string> {
  return {
    expected: `an address like ${example}`,
    parse(raw) {
      if (!isHttpUrl(raw)) reject();
      const { search, hash } = new URL(raw);
      return search === '' && hash === '' ? raw.replace(/\/+$/, '') : reject();
    },
  };
}

/** A key as servers make them: one word. */
export const apiKey: Parser<string> = {
  expected: 'a text of at most 512 characters without blanks',
  parse: (raw) => (/^[\u0021-\u007E]{1,512}$/.test(raw) ? raw : reject()),
};

/** Names, comma-separated. */
export const nameList: Parser<readonly string[]> = {
  expected: 'names, comma-separated',
  parse: partsOf,
};

export const pathList: Parser<readonly string[]> = {
  expected: 'addresses, files and folders, comma-separated',
  parse: partsOf,
};

function partsOf(raw: string): readonly string[] {
  return raw
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function reject(): never {
  throw new RangeError('not accepted');
}

function isHttpUrl(text: string): boolean {
  return (
    text.length <= URL_CHARS_MAX &&
    !/\s/.test(text) &&
    !hasControlCharacter(text) &&
    /^https?:\/\/[^/?#]/i.test(text) &&
    URL.canParse(text)
  );
}

function isCategory(value: unknown): value is number {
  return (
    typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= CATEGORY_MAX
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function secretOf(value: unknown): string | null {
  return typeof value === 'string' &&
    value.length <= SECRET_CHARS_MAX &&
    !hasControlCharacter(value)
    ? value.trim()
    : null;
}

/** Scheme and host: the rest of an address may hold a key. */
function shownUrl(text: string): string {
  return URL.canParse(text) ? quoted(maskPath(text)) : `a text of ${text.length} characters`;
}

function described(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  return quoted(value);
}

/** A text that is refused as a credential is one all the same. */
function describedSecret(value: unknown): string {
  if (typeof value === 'string') return `a text of ${value.length} characters`;
  return typeof value === 'number' ? 'a number' : described(value);
}

const SHOWN_CHARS_MAX = 40;

function quoted(value: unknown): string {
  return JSON.stringify(value).slice(0, SHOWN_CHARS_MAX);
}
