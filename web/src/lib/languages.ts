/** `ls` is filter and order in one: the preferred languages, and after them all others when those are wanted, too. */

export type Language = string | null;

export interface LanguageChoice {
  readonly preferred: readonly Language[];
  /** Others are shown after the preferred ones. */
  readonly others: boolean;
}

/** @param all every language, in the order of the default */
export function languageList(
  { preferred, others }: LanguageChoice,
  all: readonly Language[],
): readonly Language[] {
  return others
    ? [...preferred, ...all.filter((language) => !preferred.includes(language))]
    : preferred;
}

/**
 * The shortest choice that leads to a list. Empty or absent lists mean all.
 * @param list undefined: the default
 */
export function languageChoice(
  list: readonly Language[] | undefined,
  all: readonly Language[],
): LanguageChoice {
  if (list === undefined || list.length === 0) return { preferred: [], others: true };
  const others = all.every((language) => list.includes(language));
  if (!others) return { preferred: list, others };
  for (let length = 0; length < list.length; length++) {
    const preferred = list.slice(0, length);
    if (sameOrder(languageList({ preferred, others }, all), list)) return { preferred, others };
  }
  return { preferred: list, others };
}

export function sameOrder<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}
