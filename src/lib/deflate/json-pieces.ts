/**
 * Where the JSON of a stream is cut so that its pieces come again in others: what stands between two values is one piece,
 * values are cut into words, and addresses and hashes stay whole. Any cut is right; a good one makes short lists.
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const SLASH = 0x2f;
const SPACE = 0x20;
const DOT = 0x2e;
const HASH_CHARS = 32;

/** What a byte may be: flags of the table below. */
const DIGIT = 1;
const LETTER = 2;
const HEX = 4;
const DASH = 8;
const classes = new Uint8Array(256);
for (let byte = 0; byte < 256; byte++) {
  const character = String.fromCharCode(byte);
  classes[byte] =
    (/\d/.test(character) ? DIGIT : 0) |
    (/[A-Za-z_]/.test(character) ? LETTER : 0) |
    (/[\da-f]/.test(character) ? HEX : 0) |
    (/[-|]/.test(character) ? DASH : 0);
}

/** Ends of pieces from `start` to `end` of `json`, written into `cuts`, which grows; the number of them is returned. */
export class JsonPieces {
  cuts = new Uint32Array(256);
  #count = 0;
  #from = 0;

  /** Fills `cuts` with the end of each piece and returns how many they are. */
  cut(json: Uint8Array, start: number, end: number): number {
    this.#count = 0;
    this.#from = start;
    let isValueNext = false;
    for (let at = start; at < end;) {
      if (json[at] === QUOTE) {
        const afterKey = keyEnd(json, at);
        if (afterKey > at) {
          at = afterKey;
          isValueNext = true;
        } else {
          if (isValueNext) this.#end(at + 1);
          isValueNext = false;
          at = this.#string(json, at + 1, end);
        }
      } else if (isOf(json, at, DIGIT)) {
        if (isValueNext) this.#end(at);
        isValueNext = false;
        while (at < end && isOf(json, at, DIGIT)) at++;
        this.#end(at);
      } else {
        at++;
      }
    }
    this.#end(end);
    return this.#count;
  }

  /** Cuts the text of a string that begins at `start`; returns where it goes on after the closing quote. */
  #string(json: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at < end) {
      const byte = json[at] ?? 0;
      if (byte === QUOTE) {
        this.#end(at);
        return at + 1;
      }
      if (byte === BACKSLASH) {
        this.#end(at);
        at += 2;
      } else if (byte === COLON && json[at + 1] === SLASH) {
        at = addressEnd(json, at, end);
      } else {
        if (byte === COLON && isHash(json, at + 1)) this.#end(at + 1);
        else if (isWordStart(json, at)) this.#end(at);
        at++;
      }
    }
    return at;
  }

  #end(at: number): void {
    if (at <= this.#from) return;
    if (this.#count === this.cuts.length) {
      const cuts = new Uint32Array(this.cuts.length * 2);
      cuts.set(this.cuts);
      this.cuts = cuts;
    }
    this.cuts[this.#count++] = at;
    this.#from = at;
  }
}

function isOf(json: Uint8Array, at: number, flags: number): boolean {
  return ((classes[json[at] ?? 0] ?? 0) & flags) !== 0;
}

/** Where an address ends, or has a gap (`gapped-text.ts`): what follows that is cut into words. */
function addressEnd(json: Uint8Array, start: number, end: number): number {
  let at = start;
  for (; at < end; at++) {
    const byte = json[at] ?? 0;
    if (byte === QUOTE || byte <= SPACE || byte === BACKSLASH) break;
  }
  return at;
}

/** Behind the colon of a key that begins at this quote; `at` itself where no key begins. */
function keyEnd(json: Uint8Array, at: number): number {
  let letter = at + 1;
  while (isOf(json, letter, LETTER)) letter++;
  return json[letter] === QUOTE && json[letter + 1] === COLON ? letter + 2 : at;
}

/** A symbol stays with the word that it stands for, a number is one word. */
function isWordStart(json: Uint8Array, at: number): boolean {
  const byte = json[at] ?? 0;
  if (byte === SPACE) return !((json[at - 1] ?? 0) >= 0x80 && isOf(json, at + 1, LETTER));
  if (byte === DOT) return !(isOf(json, at - 1, DIGIT) && isOf(json, at + 1, DIGIT));
  return isOf(json, at, DASH);
}

function isHash(json: Uint8Array, from: number): boolean {
  for (let at = from; at < from + HASH_CHARS; at++) if (!isOf(json, at, HEX)) return false;
  return true;
}
