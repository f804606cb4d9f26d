/** Hands the items of an answer over piece by piece of its body. */
import type { FeedItem } from '../../../lib/torznab/feed-item.ts';
import { FeedReader, type FeedSummary } from '../../../lib/torznab/feed-reader.ts';

export class StreamedAnswer {
  readonly #url: string;
  readonly #onItems: (items: readonly FeedItem[]) => void;
  #reader: FeedReader | null = null;
  #items: FeedItem[] = [];

  constructor(url: string, onItems: (items: readonly FeedItem[]) => void) {
    this.#url = url;
    this.#onItems = onItems;
  }

  write(piece: Uint8Array, contentType: string): void {
    this.#opened(contentType).write(piece);
    this.#handOver();
  }

  end(): FeedSummary {
    const summary = this.#opened('').end();
    this.#handOver();
    return summary;
  }

  #opened(contentType: string): FeedReader {
    this.#reader ??= new FeedReader({
      baseUrl: this.#url,
      charset: /charset="?([\w.:-]+)/i.exec(contentType)?.[1] ?? '',
      onItem: (item) => this.#items.push(item),
    });
    return this.#reader;
  }

  #handOver(): void {
    if (this.#items.length === 0) return;
    const items = this.#items;
    this.#items = [];
    this.#onItems(items);
  }
}
