/** Sizes: bytes in the configuration, what people write in the page. Units are 1024-based, as clients show them. */

const UNIT_BYTES: Readonly<Record<string, number>> = { m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 };
const SIZE = /^(\d{1,9}(?:[.,]\d{1,4})?)\s*(?:([mgt])i?b?)?$/i;
export const SIZE_EXPECTED = 'expected a size such as 2.5, 700 MB or 1 TB';

/** Bytes of `2.5` (GB when no unit is given), `700 MB`, `1 TB`; null when it is none of these. */
export function parseSize(text: string): number | null {
  const match = SIZE.exec(text.trim());
  if (match === null) return null;
  const amount = Number((match[1] ?? '').replace(',', '.'));
  const unitBytes = UNIT_BYTES[(match[2] ?? 'g').toLowerCase()] ?? 1;
  return Math.round(amount * unitBytes);
}

/** As `parseSize` reads it, in GB or below 1 GB in MB: `2.5`, `700 MB`. */
export function sizeText(bytes: number): string {
  const gigabytes = bytes / 1024 ** 3;
  return gigabytes > 0 && gigabytes < 1
    ? `${rounded(bytes / 1024 ** 2)} MB`
    : String(rounded(gigabytes));
}

/** With its unit: `2.5 GB`, `700 MB`. */
export function shownSize(bytes: number): string {
  return bytes >= 1024 ** 3 ? `${sizeText(bytes)} GB` : sizeText(bytes);
}

function rounded(amount: number): number {
  return Math.round(amount * 100) / 100;
}
