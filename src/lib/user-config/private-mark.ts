/** Which private streams a user has, beside what everybody gets. Null in place of it: none, as nearly everybody. */
export interface PrivateMark {
  /** Whose they are: a stored profile. */
  readonly profileId: string;
  /** Another one after each change of them. */
  readonly revision: number;
}
