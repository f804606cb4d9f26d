/** The order in which languages are offered, and how much their order of preference counts. */
import type { Choice } from '../api/contract.ts';
import { objectsOf, type JsonObject, type JsonValue } from './json.ts';

/**
 * Those of the reader first, then by name; "unknown" is last.
 * @param readerTags as browsers have them: `de-CH`, `en`
 */
export function offeredLanguages(
  languages: readonly Choice[],
  readerTags: readonly string[],
): readonly Choice[] {
  const names = new Intl.DisplayNames(['en'], { type: 'language', languageDisplay: 'standard' });
  const readers = readerTags.map((tag) => names.of(tag.split('-')[0] ?? tag) ?? '');
  const place = ({ value }: Choice) => {
    if (value === null) return Number.MAX_SAFE_INTEGER;
    const index = readers.indexOf(value);
    return index < 0 ? readers.length : index;
  };
  return languages.toSorted((a, b) => place(a) - place(b) || a.label.localeCompare(b.label, 'en'));
}

/** Place of the key `language` among the sort keys, from 0; -1 when nothing is sorted by it. `cached` orders nothing yet. */
export function languagePlace(sortKeys: JsonValue | undefined): number {
  return objectsOf(sortKeys)
    .filter(({ k }) => k !== 'cached')
    .findIndex(({ k }) => k === 'language');
}

/** The same keys with `language` before all others but `cached`. */
export function languageFirst(sortKeys: JsonValue | undefined): readonly JsonObject[] {
  const keys = objectsOf(sortKeys);
  const language = keys.find(({ k }) => k === 'language') ?? { k: 'language' };
  return [
    ...keys.filter(({ k }) => k === 'cached'),
    language,
    ...keys.filter(({ k }) => k !== 'cached' && k !== 'language'),
  ];
}
