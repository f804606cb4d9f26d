/** Items of one JSON list, or values of one JSON object, as the text comes: what is kept is one item. */
import type { JsonValue } from './json-value.ts';

/** @param key of the value in its object; null in a list */
export type ItemListener = (item: JsonValue, key: string | null) => void;

/** Says what is wrong with the text. */
export class NoJsonItems extends Error {
  override readonly name = 'NoJsonItems';
}

const ITEM_CHARS_MAX = 2 ** 20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const LIST_OPENS = 0x5b;
const BACKSLASH = 0x5c;
const LIST_CLOSES = 0x5d;
const OBJECT_OPENS = 0x7b;
const OBJECT_CLOSES = 0x7d;
const SPACE_MAX = 0x20;

export class JsonItems {
  readonly #listener: ItemListener;
  #closes = 0;
  #depth = 0;
  #isText = false;
  #isEscaped = false;
  #isOver = false;
  #kept = '';

  constructor(listener: ItemListener) {
    this.#listener = listener;
  }

  /** @throws NoJsonItems as soon as the text is seen to be none */
  write(text: string): void {
    let from = 0;
    for (let at = 0; at < text.length && !this.#isOver; at++) {
      const char = text.charCodeAt(at);
      if (this.#isText) this.#readText(char);
      else if (this.#depth === 0) {
        if (this.#opens(char)) from = at + 1;
      } else if (this.#endsItem(char)) {
        this.#tell(this.#kept + text.slice(from, at));
        this.#kept = '';
        from = at + 1;
      }
    }
    if (this.#depth === 0) return;
    this.#kept += text.slice(from);
    if (this.#kept.length > ITEM_CHARS_MAX)
      throw new NoJsonItems(`has an item of more than ${ITEM_CHARS_MAX} characters`);
  }

  /** @throws NoJsonItems when the text broke off */
  end(): void {
    if (!this.#isOver)
      throw new NoJsonItems(this.#closes === 0 ? 'is empty' : 'breaks off before its end');
  }

  #readText(char: number): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (char === BACKSLASH) this.#isEscaped = true;
    else if (char === QUOTE) this.#isText = false;
  }

  #opens(char: number): boolean {
    if (char <= SPACE_MAX) return false;
    if (char !== LIST_OPENS && char !== OBJECT_OPENS)
      throw new NoJsonItems('is neither a JSON list nor a JSON object');
    this.#closes = char === LIST_OPENS ? LIST_CLOSES : OBJECT_CLOSES;
    this.#depth = 1;
    return true;
  }

  #endsItem(char: number): boolean {
    if (char === QUOTE) this.#isText = true;
    else if (char === LIST_OPENS || char === OBJECT_OPENS) this.#depth++;
    else if (char === LIST_CLOSES || char === OBJECT_CLOSES) {
      if (--this.#depth > 0) return false;
      if (char !== this.#closes) throw new NoJsonItems('closes another bracket than it opens');
      this.#isOver = true;
      return true;
    } else return char === COMMA && this.#depth === 1;
    return false;
  }

  #tell(text: string): void {
    if (text.trim() === '') return;
    if (this.#closes === LIST_CLOSES) this.#listener(parsed(text) as JsonValue, null);
    else
      for (const [key, value] of Object.entries(parsed(`{${text}}`) as Record<string, JsonValue>))
        this.#listener(value, key);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new NoJsonItems('has an item that is no JSON');
  }
}
