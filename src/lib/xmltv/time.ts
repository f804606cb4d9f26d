/** Times of XMLTV: `20220331180000 +0200`. */
import { ZONE_MINUTES } from '../zone-minutes.ts';

const TIME =
  /^\s*(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(?:\.\d+)?\s*([+-]\d\d:?\d\d|[A-Za-z]{1,5})?\s*$/;
const MINUTE_MS = 60_000;
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
