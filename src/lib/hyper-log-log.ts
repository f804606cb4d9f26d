/** How many different things were seen, within about 2 %, in 4 KB (HyperLogLog; Flajolet and others, 2007). */
import { createHash } from 'node:crypto';

const INDEX_BITS = 12;
const REGISTERS = 2 ** INDEX_BITS;
const ALPHA = 0.7213 / (1 + 1.079 / REGISTERS);

export class HyperLogLog {
  readonly #registers = new Uint8Array(REGISTERS);

  add(text: string): void {
    const digest = createHash('sha256').update(text).digest();
    const register = digest.readUInt16BE(0) % REGISTERS;
    const rank = Math.clz32(digest.readUInt32BE(4)) + 1;
    if (rank > (this.#registers[register] ?? 0)) this.#registers[register] = rank;
  }

  count(): number {
    let sum = 0;
    let zeros = 0;
    for (const rank of this.#registers) {
      sum += 2 ** -rank;
      if (rank === 0) zeros++;
    }
    const estimate = (ALPHA * REGISTERS * REGISTERS) / sum;
    // Few things: how many registers are empty says it better.
    const isSmall = estimate <= 2.5 * REGISTERS && zeros > 0;
    return Math.round(isSmall ? REGISTERS * Math.log(REGISTERS / zeros) : estimate);
  }
}
