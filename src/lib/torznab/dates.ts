/** Dates as feeds write them: RFC 822 and what is taken for it, ISO 8601, seconds since 1970; with zones by name. */
import { ZONE_MINUTES } from '../zone-minutes.ts';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

const TIME = String.raw`(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*([ap]m)?`;
/** `Sat, 14 Mar 2015 17:10:42 -0400`, the weekday and the time may be missing. */
const RFC_822 = new RegExp(
  String.raw`^(?:\p{L}+,?\s+)?(\d{1,2})[\s-]+(\p{L}{3,9})\.?[\s-]+(\d{4}|\d{2})(?:,?\s+${TIME}\s*(.*))?$`,
  'iu',
);
const ISO_8601 = new RegExp(String.raw`^(\d{4})-(\d{2})-(\d{2})(?:(?:T|\s+)${TIME}\s*(.*))?$`, 'i');
/** `Thu Aug 14 18:10:36 UTC 2014`, as C's `asctime` and `date` write it. */
const ASCTIME = new RegExp(
  String.raw`^\p{L}+\s+(\p{L}{3})\s+(\d{1,2})\s+${TIME}(?:\s+(\p{L}{1,5}))?\s+(\d{4})$`,
  'iu',
);
const EPOCH_SECONDS = /^\d{9,10}$/;
const OFFSET = /^(?:GMT|UTC?)?\s*([+-])(\d{2}):?(\d{2})?$/;
const CHARS_MAX = 64;
const LAST_SECOND = 2 ** 32 - 1;

/** Epoch seconds; 0 for what is no date between 1970 and 2106. A zone that nobody knows counts as UTC. */
export function readDate(text: string): number {
  const plain = text.trim();
  if (plain.length > CHARS_MAX) return 0;
  if (EPOCH_SECONDS.test(plain)) return inRange(Number(plain));
  const [, day, month, year, ...time] = RFC_822.exec(plain) ?? [];
  if (day !== undefined) return secondsOf(fullYear(year), monthOf(month), Number(day), time);
  const [, isoYear, isoMonth, isoDay, ...isoTime] = ISO_8601.exec(plain) ?? [];
  if (isoYear !== undefined)
    return secondsOf(Number(isoYear), Number(isoMonth), Number(isoDay), isoTime);
  const [, cMonth, cDay, hour, minute, second, half, zone, cYear] = ASCTIME.exec(plain) ?? [];
  const cTime = [hour, minute, second, half, zone];
  return secondsOf(Number(cYear), monthOf(cMonth), Number(cDay), cTime);
}

type Time = readonly (string | undefined)[];

function secondsOf(year: number, month: number, day: number, time: Time): number {
  const [hour = '0', minute = '0', second = '0', half, zone = ''] = time;
  const midnightMs = Date.UTC(year, month - 1, day);
  // 31 February would be a day in March, a 13th month January.
  if (month < 1 || month > 12 || new Date(midnightMs).getUTCDate() !== day) return 0;
  const hours = half === undefined ? Number(hour) : hourOfHalf(Number(hour), half);
  const minutes = hours * 60 + Number(minute) - zoneMinutes(zone);
  return inRange(midnightMs / 1000 + minutes * 60 + Number(second));
}

function hourOfHalf(hour: number, half: string): number {
  return (hour % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
}

function zoneMinutes(zone: string): number {
  // `-0500 (EST)`, `+0200 CEST`: the number counts.
  const plain = zone.replace(/\s*\(.*\)$/, '').toUpperCase();
  const [, sign, hours = '0', minutes = '0'] = OFFSET.exec(plain.split(/\s+/, 1)[0] ?? '') ?? [];
  if (sign === undefined) return ZONE_MINUTES.get(plain) ?? 0;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

/** `sept.` and `September` begin as `Sep` does. 0 for none. */
function monthOf(name = ''): number {
  return MONTHS.indexOf(name.slice(0, 3).toLowerCase()) + 1;
}

/** Of two digits as RFC 2822 reads them. */
function fullYear(year = ''): number {
  const value = Number(year);
  if (year.length > 2) return value;
  return value + (value < 50 ? 2000 : 1900);
}

function inRange(seconds: number): number {
  return seconds > 0 && seconds <= LAST_SECOND ? Math.floor(seconds) : 0;
}
