/** Request ids: a valid incoming `X-Request-Id` is kept, else one of ours is made. */
import { randomBytes } from 'node:crypto';

const ID_CHARS_MAX = 128;
/** Two base-36 digits; ids that differ in these only share one prefix string. */
const LOW_IDS = Array.from({ length: 36 * 36 }, (_, low) => low.toString(36).padStart(2, '0'));

/** Ids like `kP3_x1Za-00000g4`: unique per process by a random part, then counted. One string join each. */
export class RequestIds {
  readonly #process = randomBytes(6).toString('base64url');
  #prefix = '';
  #high = 0;
  #low = LOW_IDS.length;

  next(): string {
    if (this.#low === LOW_IDS.length) {
      this.#prefix = `${this.#process}-${this.#high.toString(36).padStart(5, '0')}`;
      this.#high += 1;
      this.#low = 0;
    }
    const low = LOW_IDS[this.#low] ?? '';
    this.#low += 1;
    return this.#prefix + low;
  }
}

/** Whether an incoming id may go into headers and logs as it is: 1 to 128 of `A–Z a–z 0–9 . _ -`. */
export function isValidRequestId(id: string): boolean {
  if (id.length === 0 || id.length > ID_CHARS_MAX) return false;
  for (let index = 0; index < id.length; index += 1) {
    if (!isIdChar(id.charCodeAt(index))) return false;
  }
  return true;
}

function isIdChar(code: number): boolean {
  const isLetter = (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a && code < 0x80;
  return (
    isLetter || (code >= 0x30 && code <= 0x39) || code === 0x2d || code === 0x2e || code === 0x5f
  );
}
