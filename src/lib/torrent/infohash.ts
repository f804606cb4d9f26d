/** Infohashes as people and programs write them. */

const HEX = /^[0-9a-f]{40}$/;
const BASE32 = /^[a-z2-7]{32}$/;
const BASE32_DIGITS = 'abcdefghijklmnopqrstuvwxyz234567';
const NO_TORRENT = '0'.repeat(40);

/** 40 lower-case hexadecimal digits of a hash in hexadecimal or base32, in either case; null for anything else, and all zeros. */
export function parseInfohash(text: string): string | null {
  const plain = text.trim().toLowerCase();
  const hex = BASE32.test(plain) ? hexOfBase32(plain) : plain;
  return HEX.test(hex) && hex !== NO_TORRENT ? hex : null;
}

/** 32 digits of five bits are 160 bits: nothing is left over. */
function hexOfBase32(text: string): string {
  let bits = 0n;
  for (const digit of text) bits = bits * 32n + BigInt(BASE32_DIGITS.indexOf(digit));
  return bits.toString(16).padStart(40, '0');
}
