/**
 * Cuts a feed into its items as it arrives, each parsed alone: what is wrong inside of one cannot reach the next, and no more
 * than one is in memory. What is around them (channel, errors, capabilities) is the frame.
 */

export interface SplitterHandlers {
  /** From `<item` (Atom: `<entry`) to its end, or to where the next one begins. */
  readonly item: (text: string) => void;
  /** An item was too long to be honest, and is passed over. */
  readonly tooLong: () => void;
}

/** Descriptions with whole pages of HTML stay far below. */
export const ITEM_CHARS_MAX = 256 * 1024;
/** Of the text around items: the longest capabilities have a few thousand categories. */
export const FRAME_CHARS_MAX = 512 * 1024;

const CDATA = '<![CDATA[';
const CDATA_END = ']]>';
const COMMENT = '<!--';
const COMMENT_END = '-->';
/** By the letter that they begin with: of RSS, and of Atom. */
const ITEMS: ReadonlyMap<string, ItemName> = new Map([
  ['i', { start: '<item', end: '</item' }],
  ['e', { start: '<entry', end: '</entry' }],
]);
/** The longest of what is recognised, with the character behind it. */
const LOOK_AHEAD = '</channel>'.length;
/** An item that nobody closed ends with what is around it. */
const ENCLOSING_END = /^<\/(?:channel|rss|feed|rdf:RDF)[\s>]/;
const AFTER_NAME = /[\s/>]/;

interface ItemName {
  readonly start: string;
  readonly end: string;
}

export class ItemSplitter {
  readonly #handlers: SplitterHandlers;
  #text = '';
  /** Where the scan goes on. */
  #at = 0;
  /** Where the search for an end goes on, that of a CDATA section or comment which starts at `#at`; 0: none is under way. */
  #sectionAt = 0;
  #isInside = false;
  /** What the items of this document are called. */
  #name: ItemName | null = null;
  #isSkipping = false;
  #isFinal = false;
  #frame = '';

  constructor(handlers: SplitterHandlers) {
    this.#handlers = handlers;
  }

  push(text: string): void {
    this.#text += text;
    while (this.#step());
    if (!this.#isInside) this.#moveToFrame(this.#at);
    else if (this.#text.length > ITEM_CHARS_MAX) this.#giveUp();
  }

  /**
   * The end of the document.
   * @returns what is around the items, and whether the last one was cut off
   */
  end(): { readonly frame: string; readonly isCutOff: boolean } {
    this.#isFinal = true;
    while (this.#step());
    const isCutOff = this.#isInside;
    if (!isCutOff) this.#moveToFrame(this.#text.length);
    this.#text = '';
    return { frame: this.#frame, isCutOff };
  }

  /** Goes to the next markup. False when more text is needed. */
  #step(): boolean {
    const at = this.#text.indexOf('<', this.#at);
    this.#at = at === -1 ? this.#text.length : at;
    if (at === -1 || (!this.#isFinal && this.#text.length - at < LOOK_AHEAD)) return false;
    switch (this.#text[at + 1] ?? '') {
      case '!':
        if (this.#text.startsWith(CDATA, at)) return this.#passSection(CDATA, CDATA_END);
        if (this.#text.startsWith(COMMENT, at)) return this.#passSection(COMMENT, COMMENT_END);
        break;
      case 'i':
      case 'e':
        if (this.#isItem(this.#text[at + 1] ?? '')) return this.#openItem();
        break;
      case '/':
        if (this.#isInside && this.#isNamed(this.#end)) return this.#closeItem();
        if (this.#isInside && ENCLOSING_END.test(this.#text.slice(at, at + LOOK_AHEAD)))
          return this.#take(at, false);
        break;
      default:
    }
    this.#at = at + 1;
    return true;
  }

  /** Steps behind a CDATA section or comment; one without an end is text. */
  #passSection(start: string, terminator: string): boolean {
    const from = this.#at + start.length;
    const end = this.#text.indexOf(terminator, Math.max(from, this.#sectionAt));
    const isTooLong = this.#text.length - from > ITEM_CHARS_MAX;
    if (end === -1 && !this.#isFinal && !isTooLong) {
      this.#sectionAt = Math.max(from, this.#text.length - terminator.length);
      return false;
    }
    this.#sectionAt = 0;
    const isSection = end !== -1 && !this.#swallowsAnItem(from, end);
    this.#at = isSection ? end + terminator.length : from;
    return true;
  }

  /** Whether what ends at `end` is the next item's: nobody writes the end of an item and a new section into a section. */
  #swallowsAnItem(from: number, end: number): boolean {
    const itemEnd = this.#isInside ? this.#text.indexOf(this.#end, from) : -1;
    if (itemEnd === -1 || itemEnd > end) return false;
    const next = this.#text.indexOf(CDATA, itemEnd);
    return next !== -1 && next < end;
  }

  #openItem(): true {
    if (this.#isInside) this.#take(this.#at, true);
    else this.#moveToFrame(this.#at);
    this.#isInside = true;
    this.#at = this.#name?.start.length ?? 0;
    return true;
  }

  get #end(): string {
    return this.#name?.end ?? '';
  }

  /** The first one names all of them. */
  #isItem(letter: string): boolean {
    const name = this.#name ?? ITEMS.get(letter);
    if (name === undefined || !this.#isNamed(name.start)) return false;
    this.#name = name;
    return true;
  }

  #closeItem(): boolean {
    const end = this.#text.indexOf('>', this.#at);
    return end !== -1 && this.#take(end + 1, false);
  }

  /** Hands over the item that ends at `end`; the text begins behind it then. */
  #take(end: number, isNextInside: boolean): true {
    if (!this.#isSkipping) this.#handlers.item(this.#text.slice(0, end));
    this.#isSkipping = false;
    this.#isInside = isNextInside;
    this.#text = this.#text.slice(end);
    this.#at = 0;
    return true;
  }

  #giveUp(): void {
    if (!this.#isSkipping) this.#handlers.tooLong();
    this.#isSkipping = true;
    this.#drop(this.#at);
  }

  #moveToFrame(end: number): void {
    const room = FRAME_CHARS_MAX - this.#frame.length;
    if (room > 0) this.#frame += this.#text.slice(0, Math.min(end, room));
    this.#drop(end);
  }

  #drop(chars: number): void {
    this.#text = this.#text.slice(chars);
    this.#at = Math.max(0, this.#at - chars);
    this.#sectionAt = Math.max(0, this.#sectionAt - chars);
  }

  /** Whether the markup at `#at` has this name. */
  #isNamed(start: string): boolean {
    return (
      this.#text.startsWith(start, this.#at) &&
      AFTER_NAME.test(this.#text[this.#at + start.length] ?? ' ')
    );
  }
}
