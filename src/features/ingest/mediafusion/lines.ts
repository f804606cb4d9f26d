/** What a MediaFusion database has, as chunks of lines: its titles first, then its streams, each in the order of their ids. */
import { streamLines, titleLine } from '../../../lib/mediafusion-rows/lines.ts';
import type { JsonObject } from '../../../lib/json/json-value.ts';
import type { LineChunk } from '../bulk/line-chunks.ts';
import type { MediaFusionStore } from './store.ts';

/** Ids have 31 bits: those of streams follow all of titles. */
const STREAMS_FROM = 2 ** 32;
/** Lines that may be refused are those of the batches on their way. */
const LABELS_MAX = 50_000;

export class MediaFusionLines {
  readonly #store: MediaFusionStore;
  /** What a line is about, by its number. */
  readonly #labels = new Map<number, string>();
  #lines = 0;

  constructor(store: MediaFusionStore) {
    this.#store = store;
  }

  labelOf(line: number): string {
    return this.#labels.get(line) ?? `line ${line}`;
  }

  /** @param from `endBytes` of the chunk behind which to begin; 0 for all @param lines how many there were before it */
  async *chunks(from: number, lines: number): AsyncGenerator<LineChunk> {
    this.#lines = lines;
    yield* this.#titles(from);
    yield* this.#streams(Math.max(0, from - STREAMS_FROM));
  }

  async *#titles(from: number): AsyncGenerator<LineChunk> {
    if (from >= STREAMS_FROM) return;
    for (let after = from; ;) {
      const page = await this.#store.mediaAfter(after);
      const last = page.at(-1);
      if (last === undefined) return;
      after = last.id;
      yield this.#chunk(
        page.map((media) => [`title ${media.id}`, titleLine(media)]),
        after,
      );
    }
  }

  async *#streams(from: number): AsyncGenerator<LineChunk> {
    let next = this.#store.streamsAfter(from);
    for (;;) {
      const page = await next;
      const last = page.at(-1);
      if (last === undefined) return;
      const after = last.id;
      const ids = page.flatMap(({ media, files }) => [...media, ...files].map(([id]) => id));
      const known = this.#store.mediaOf([...new Set(ids)]);
      // Read while this one is imported; heard of by whoever waits for it next.
      next = this.#store.streamsAfter(after);
      next.catch(() => undefined);
      const media = await known;
      const lines = page.flatMap((stream) =>
        streamLines(stream, media).map((line): Labelled => [`stream ${stream.id}`, line]),
      );
      yield this.#chunk(lines, STREAMS_FROM + after);
    }
  }

  #chunk(lines: readonly Labelled[], endBytes: number): LineChunk {
    const firstLine = this.#lines + 1;
    for (const [label] of lines) this.#labels.set(++this.#lines, label);
    for (const line of this.#labels.keys()) {
      if (this.#labels.size <= LABELS_MAX) break;
      this.#labels.delete(line);
    }
    const text = lines.map(([, line]) => `${JSON.stringify(line)}\n`).join('');
    return { bytes: Buffer.from(text), firstLine, endBytes };
  }
}

type Labelled = readonly [label: string, line: JsonObject];
