/** Times of XMLTV: `20220331180000 +0200`. */

const TIME =
  /^\s*(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(?:\.\d+)?\s*([+-]\d\d:?\d\d|[A-Za-z]{1,5})?\s*$/;
const MINUTE_MS = 60_000;
/** Those that generators write; an abbreviation that means several places is in none of them. */
const ZONE_MINUTES: ReadonlyMap<string, number> = new Map([
  ['Z', 0],
  ['UTC', 0],
  ['GMT', 0],
  ['WET', 0],
  ['WEST', 60],
  ['BST', 60],
  ['CET', 60],
  ['CEST', 120],
  ['MET', 60],
  ['MEST', 120],
  ['EET', 120],
  ['EEST', 180],
  ['MSK', 180],
  ['EST', -300],
  ['EDT', -240],
  ['CST', -360],
  ['CDT', -300],
  ['MST', -420],
  ['MDT', -360],
  ['PST', -480],
  ['PDT', -420],
]);

/** Milliseconds since 1970; without a zone it is UTC. Null for what is no time, or in a zone that nobody knows. */
export function readXmltvTime(text: string): number | null {
  const parts = TIME.exec(text);
  if (parts === null) return null;
  const [, year, month, day, hour, minute, second, zone] = parts;
  const zoneMinutes = zone === undefined ? 0 : minutesOf(zone);
  if (zoneMinutes === null) return null;
  const atMs = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second ?? 0),
  );
  // 30 February would be in March.
  const date = new Date(atMs);
  const isSame = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
  return isSame || Number(hour) === 24 ? atMs - zoneMinutes * MINUTE_MS : null;
}

/** `20220331160000 +0000`. */
export function xmltvTime(atMs: number): string {
  const digits = new Date(atMs).toISOString().replaceAll(/[-:T]/g, '');
  return `${digits.slice(0, 14)} +0000`;
}

function minutesOf(zone: string): number | null {
  if (zone[0] !== '+' && zone[0] !== '-') return ZONE_MINUTES.get(zone.toUpperCase()) ?? null;
  const digits = zone.replace(':', '');
  const minutes = Number(digits.slice(1, 3)) * 60 + Number(digits.slice(3));
  return zone[0] === '-' ? -minutes : minutes;
}
