/** Numbers of episodes as guides write them. */

export interface EpisodeNumber {
  /** From 1, 0 for specials; null when not said. */
  readonly season: number | null;
  readonly episode: number | null;
}

export const NO_NUMBER: EpisodeNumber = { season: null, episode: null };

/** `1 . 4/12 . 0/2`, each counted from 0 and each may be missing. */
const XMLTV_NS =
  /^\s*(\d{1,4})?\s*(?:\/\s*\d*)?\s*\.\s*(\d{1,5})?\s*(?:\/\s*\d*)?\s*(?:\.[\s\d/]*)?$/;
const ONSCREEN = [
  /\bs(?:eason)?\s*(?<season>\d{1,4})\s*[.,:-]?\s*e(?:p(?:isode)?)?\.?\s*(?<episode>\d{1,5})\b/i,
  /\b(?<season>\d{1,4})\s*x\s*(?<episode>\d{1,5})\b/i,
  /\be(?:p(?:isode)?)?\.?\s*(?<episode>\d{1,5})\b/i,
  /\bs(?:eason)?\s*(?<season>\d{1,4})\b/i,
] as const;

/** Counted from 1. */
export function readXmltvNs(text: string): EpisodeNumber {
  const parts = XMLTV_NS.exec(text);
  if (parts === null) return NO_NUMBER;
  return { season: next(parts[1]), episode: next(parts[2]) };
}

/** `S02E03`, `2x03`, `Ep. 3`. */
export function readOnscreen(text: string): EpisodeNumber {
  for (const form of ONSCREEN) {
    const groups = form.exec(text)?.groups;
    if (groups !== undefined)
      return { season: numberOf(groups['season']), episode: numberOf(groups['episode']) };
  }
  return NO_NUMBER;
}

/** As `xmltv_ns`; empty without any. */
export function xmltvNs({ season, episode }: EpisodeNumber): string {
  const before = (number: number | null) => (number === null || number < 1 ? '' : number - 1);
  const text = `${before(season)}.${before(episode)}.`;
  return text === '..' ? '' : text;
}

function next(digits: string | undefined): number | null {
  return digits === undefined ? null : Number(digits) + 1;
}

function numberOf(digits: string | undefined): number | null {
  return digits === undefined ? null : Number(digits);
}
