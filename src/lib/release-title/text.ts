/** A release title as the passes of this folder read it. */

/** A title beside its lower-case form, in which the passes look for words. */
export interface Text {
  readonly title: string;
  readonly lower: string;
}
