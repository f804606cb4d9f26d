/** Prefix codes of DEFLATE (RFC 1951 section 3.2.2), and the head of a block that carries its own. */

/** Bits in the order in which they are sent. */
export class BitList {
  readonly bits: number[] = [];

  /** The low `count` bits of `value`, the lowest first. */
  add(value: number, count: number): void {
    for (let bit = 0; bit < count; bit++) this.bits.push((value >>> bit) & 1);
  }
}

/** The canonical code of each symbol, its bits reversed: ready to be sent lowest bit first. 0 for a length of 0. */
export function canonicalCodes(lengths: Uint8Array): Uint16Array {
  const counts = new Uint16Array(17);
  for (const length of lengths) if (length > 0) counts[length] = (counts[length] ?? 0) + 1;
  const next = new Uint16Array(17);
  for (let length = 1; length <= 15; length++)
    next[length + 1] = ((next[length] ?? 0) + (counts[length] ?? 0)) << 1;
  return Uint16Array.from(lengths, (length) => {
    if (length === 0) return 0;
    const code = next[length] ?? 0;
    next[length] = code + 1;
    return reversed(code, length);
  });
}

function reversed(code: number, length: number): number {
  let result = 0;
  for (let bit = 0; bit < length; bit++) result |= ((code >>> bit) & 1) << (length - 1 - bit);
  return result;
}

/** Order in which lengths of the code of code lengths are sent (RFC 1951 section 3.2.7). */
const LENGTH_CODE_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
/** All 19 code lengths with 5 bits, some with 4: complete, and the head is sent once a body. */
const LENGTH_CODE_LENGTHS = new Uint8Array(19).fill(4, 0, 13).fill(5, 13);

/** The head of the last block of a stream, with these codes for literals and lengths, and for distances. */
export function lastBlockHead(literals: Uint8Array, distances: Uint8Array): BitList {
  const head = new BitList();
  head.add(1, 1);
  head.add(2, 2);
  head.add(literals.length - 257, 5);
  head.add(distances.length - 1, 5);
  head.add(LENGTH_CODE_ORDER.length - 4, 4);
  for (const symbol of LENGTH_CODE_ORDER) head.add(LENGTH_CODE_LENGTHS[symbol] ?? 0, 3);
  const codes = canonicalCodes(LENGTH_CODE_LENGTHS);
  const send = (symbol: number) => head.add(codes[symbol] ?? 0, LENGTH_CODE_LENGTHS[symbol] ?? 0);
  const all = [...literals, ...distances];
  for (let at = 0; at < all.length;) {
    const length = all[at] ?? 0;
    let run = 1;
    while (all[at + run] === length) run++;
    at += run;
    if (length > 0) {
      send(length);
      run--;
    }
    for (const most = length === 0 ? 10 : 6; run >= 3;) {
      const repeated = Math.min(run, most);
      send(length === 0 ? 17 : 16);
      head.add(repeated - 3, length === 0 ? 3 : 2);
      run -= repeated;
    }
    for (; run > 0; run--) send(length);
  }
  return head;
}
