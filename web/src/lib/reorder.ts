/** Moves of entries within a list, and lists of choices in an order of preference. */

/** A copy with one entry elsewhere; the same list when nothing moves or an index is outside. */
export function moved<T>(list: readonly T[], from: number, to: number): readonly T[] {
  const item = list[from];
  if (item === undefined || from === to || to < 0 || to >= list.length) return list;
  const rest = list.toSpliced(from, 1);
  rest.splice(to, 0, item);
  return rest;
}

/**
 * All choices in the order to show them: as they stand now when that agrees with what is chosen, so that a row stays
 * where it is when it is switched off; otherwise the chosen ones first.
 */
export function displayOrder<T>(
  shown: readonly T[],
  chosen: readonly T[],
  all: readonly T[],
): readonly T[] {
  const known = chosen.filter((value) => all.includes(value));
  const shownChosen = shown.filter((value) => known.includes(value));
  const isSame =
    shown.length === all.length &&
    shownChosen.length === known.length &&
    shownChosen.every((value, index) => value === known[index]);
  return isSame ? shown : [...known, ...all.filter((value) => !known.includes(value))];
}

/**
 * The chosen values after a change of rows: in their order, followed by those that the page does not know.
 * @param previous what was chosen before
 */
export function chosenInOrder<T>(
  order: readonly T[],
  isChosen: (value: T) => boolean,
  previous: readonly T[],
): readonly T[] {
  return [...order.filter(isChosen), ...previous.filter((value) => !order.includes(value))];
}
