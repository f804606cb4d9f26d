/** The size that a title names, in bytes. */

const SIZE = /^(\d+)(?:[.,](\d+))?[\s-]?([kmgt])i?b$/i;
const UNIT_BYTES: ReadonlyMap<string, number> = new Map([
  ['k', 2 ** 10],
  ['m', 2 ** 20],
  ['g', 2 ** 30],
  ['t', 2 ** 40],
]);

/** Units are powers of 1,024, as trackers use them. A point or a comma before three digits of megabytes groups them. */
export function sizeBytesOf(size: string | undefined): number | undefined {
  const [, whole, fraction = '', unit = ''] = (size === undefined ? null : SIZE.exec(size)) ?? [];
  const unitBytes = UNIT_BYTES.get(unit.toLowerCase());
  if (whole === undefined || unitBytes === undefined) return undefined;
  const isGrouped = fraction.length === 3 && unitBytes <= 2 ** 20;
  const amount = Number(isGrouped ? whole + fraction : `${whole}.${fraction}`);
  const bytes = Math.round(amount * unitBytes);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
