/** Feeds that real servers sent (`../shared/data/torznab`), and how they are read here. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { FeedItem } from '../../../../src/lib/torznab/feed-item.ts';
import { FeedReader, type FeedSummary } from '../../../../src/lib/torznab/feed-reader.ts';

const FOLDER = '../shared/data/torznab';

/** For `describe(…, { skip })`. */
export const skipWithoutCorpus = existsSync(FOLDER) ? false : `needs ${FOLDER}`;

export const BASE_URL = 'https://indexer.test/api?t=search';

export interface ReadFeed {
  readonly items: readonly FeedItem[];
  readonly summary: FeedSummary;
}

export async function readCorpus(file: string): Promise<ReadFeed> {
  return readFeed(await corpusBytes(file));
}

export function corpusBytes(file: string): Promise<Buffer> {
  return readFile(`${FOLDER}/${file}`);
}

/** @param pieceBytes how much of it arrives at a time; all at once by default */
export function readFeed(document: Uint8Array | string, pieceBytes = Infinity): ReadFeed {
  const items: FeedItem[] = [];
  const reader = new FeedReader({ baseUrl: BASE_URL, onItem: (item) => items.push(item) });
  const bytes = Buffer.from(document);
  for (let at = 0; at < bytes.byteLength; at += pieceBytes)
    reader.write(bytes.subarray(at, at + pieceBytes));
  return { items, summary: reader.end() };
}

/** One item of a feed, by what is inside of `<item>`. */
export function readItems(...inside: readonly string[]): readonly FeedItem[] {
  return readFeed(feedOf(...inside)).items;
}

export function feedOf(...inside: readonly string[]): string {
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:torznab="http://torznab.com/schemas/2015/feed">' +
    `<channel><title>Test</title>${inside.map((xml) => `<item>${xml}</item>`).join('\n')}</channel></rss>`
  );
}
