/** Credentials that must be found nowhere, and every form in which they could be found all the same. */

/** Part of every credential of a scan. */
export const CANARY = 'CANARY7f3a9Zq';

const FORMS: readonly string[] = [
  CANARY,
  CANARY.toLowerCase(),
  Buffer.from(CANARY).toString('hex'),
  ...[0, 1, 2].map((offset) => base64At(offset)),
];

/** Around the first canary in `text`; null when there is none. */
export function canaryIn(text: string): string | null {
  for (const form of FORMS) {
    const at = text.indexOf(form);
    if (at !== -1) return text.slice(Math.max(0, at - 200), at + 100);
  }
  return null;
}

/** What its characters have for themselves, so many bytes behind the beginning of a group of three. */
function base64At(offset: number): string {
  const text = Buffer.from(' '.repeat(offset) + CANARY).toString('base64url');
  const first = Math.ceil((offset * 4) / 3);
  return text.slice(first, Math.floor(((offset + CANARY.length) * 4) / 3));
}
