/** A release title as the passes of this folder read it. */

/** A title beside its lower-case form, in which the passes look for words. */
export interface Text {
  readonly title: string;
  readonly lower: string;
}

/** Matches where any of the texts stands: cheaper than to look for each. */
export function anyOf(texts: readonly string[]): RegExp {
  return new RegExp([...new Set(texts)].map((text) => text.replaceAll('.', '\\.')).join('|'));
}
