/**
 * Reads Torznab, Newznab and the RSS of trackers as the bytes arrive. One bad item never loses the others, and what came
 * before a cut is kept. The memory that it takes does not grow with the response.
 */
import type { FeedItem } from './feed-item.ts';
import { readFrame, type Frame } from './frame.ts';
import { ItemFieldReader } from './item-fields.ts';
import { ItemSplitter } from './item-splitter.ts';
import { readItem } from './read-item.ts';
import { XmlDecoder } from './xml-decoder.ts';

export interface FeedReaderOptions {
  /** Called with each item as soon as it is complete. */
  readonly onItem: (item: FeedItem) => void;
  /** Where the feed is from: addresses in it may be relative. */
  readonly baseUrl: string;
  /** Of the `Content-Type`. */
  readonly charset?: string;
}

export interface FeedSummary extends Frame {
  readonly items: number;
  /** Items of which nothing can be told: without a title, or too long. */
  readonly itemsBad: number;
  /** It ends in the middle. */
  readonly isCutOff: boolean;
}

export class FeedReader {
  readonly #options: FeedReaderOptions;
  readonly #decoder: XmlDecoder;
  readonly #fields = new ItemFieldReader();
  readonly #splitter: ItemSplitter;
  #items = 0;
  #itemsBad = 0;

  constructor(options: FeedReaderOptions) {
    this.#options = options;
    this.#decoder = new XmlDecoder(options.charset);
    this.#splitter = new ItemSplitter({
      item: (text) => this.#read(text),
      tooLong: () => {
        this.#itemsBad++;
      },
    });
  }

  /** Takes the next piece of the document, cut anywhere. Never throws. */
  write(bytes: Uint8Array): void {
    this.#splitter.push(this.#decoder.decode(bytes));
  }

  /** The end of what came. */
  end(): FeedSummary {
    this.#splitter.push(this.#decoder.end());
    const { frame: text, isCutOff } = this.#splitter.end();
    const frame = readFrame(text);
    return {
      ...frame,
      items: this.#items,
      itemsBad: this.#itemsBad,
      isCutOff: isCutOff || (frame.kind !== 'empty' && !frame.isComplete),
    };
  }

  #read(text: string): void {
    const item = readItem(this.#fields.read(text), this.#options.baseUrl);
    if (item === null) {
      this.#itemsBad++;
      return;
    }
    this.#items++;
    this.#options.onItem(item);
  }
}
