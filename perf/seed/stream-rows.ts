/** Rows of generated streams: release names, and attributes that agree with them. */
import { maskOf, STREAM_FLAGS, STREAM_KINDS } from '../../src/lib/vocabulary.ts';
import { ByteText, utf8 } from './byte-text.ts';
import { makePlacements, type SeedPlacement } from './placements.ts';
import { mix, skewed, type Random } from './random.ts';
import { makeTails, type ReleaseTail } from './release-tails.ts';
import type { Writers } from './tables.ts';
import { NEWEST_S, OLDEST_S } from './times.ts';
import type { SeedTitle } from './titles.ts';
import { SOURCES } from './words.ts';

/** What the title's own rows say about its streams. */
export interface StreamCounts {
  readonly visibleLinks: number;
  readonly latestS: number;
}

/** A title that is being given streams. */
export class FilledTitle implements StreamCounts {
  readonly title: SeedTitle;
  readonly mediaId: number;
  /** Its name as release names spell it, UTF-8. */
  readonly dotted: Uint8Array;
  readonly spaced: Uint8Array;
  readonly year: Uint8Array;
  visibleLinks = 0;
  latestS = OLDEST_S;

  constructor(title: SeedTitle, mediaId: number) {
    this.title = title;
    this.mediaId = mediaId;
    this.dotted = utf8(title.name.replaceAll(' ', '.'));
    this.spaced = utf8(title.name);
    this.year = utf8(String(title.year));
  }
}

export interface StreamBase {
  readonly seed: number;
  /** Ids go on from here. */
  readonly lastStreamId: number;
  readonly trackerListIds: readonly number[];
}

/** One torrent in a hundred is blocked or dead. */
const INVISIBLE_ONE_IN = 100;
const KEY_BYTES = 20;
const COMPLETE_FLAG = maskOf(STREAM_FLAGS, ['complete']);
const [LETTER_S, LETTER_E, DOT, SPACE] = ['S', 'E', '.', ' '].map((letter) =>
  letter.charCodeAt(0),
) as [number, number, number, number];
const EXTENSION = utf8('.mkv');
const COMPLETE = utf8('COMPLETE');

export class StreamRows {
  readonly #random: Random;
  readonly #base: StreamBase;
  readonly #writers: Writers;
  readonly #tails = makeTails();
  readonly #sources = skewed(SOURCES.map(utf8));
  readonly #trackerListIds: readonly number[];
  readonly #name = new ByteText();
  readonly #filename = new ByteText();
  readonly #key = new Uint8Array(KEY_BYTES);
  /** In this run. */
  #streams = 0;

  constructor(random: Random, base: StreamBase, writers: Writers) {
    this.#random = random;
    this.#base = base;
    this.#writers = writers;
    this.#trackerListIds = skewed(base.trackerListIds);
  }

  /** One stream of the title, whose counts go up. */
  add(filled: FilledTitle): void {
    const random = this.#random;
    const { title } = filled;
    const tail = random.pick(this.#tails);
    const placements = makePlacements(random, title);
    const addedS = random.between(OLDEST_S, NEWEST_S);
    const isVisible = !random.onceIn(INVISIBLE_ONE_IN);
    const episodes = episodesIn(title, placements);
    const totalSizeBytes = Math.round(
      random.logNormal(1000 * tail.kilobytesPerMinute * title.runtimeMinutes * episodes, 0.35),
    );
    const streamId = this.#base.lastStreamId + ++this.#streams;
    spell(
      this.#name,
      filled,
      tail,
      title.isSeries ? placements[0] : undefined,
      placements.length > 1,
    );
    this.#name.add(tail.bytes);
    this.#writeStream(streamId, tail, addedS, totalSizeBytes, isVisible, placements);
    this.#writeLinks(
      streamId,
      filled,
      tail,
      Math.floor(totalSizeBytes / placements.length),
      isVisible,
      placements,
    );
    if (!isVisible) return;
    filled.visibleLinks += placements.length;
    filled.latestS = Math.max(filled.latestS, addedS);
  }

  #writeStream(
    streamId: number,
    tail: ReleaseTail,
    addedS: number,
    totalSizeBytes: number,
    isVisible: boolean,
    placements: readonly SeedPlacement[],
  ): void {
    const random = this.#random;
    // Torrents, and one in twelve of another kind.
    const kind = random.onceIn(12) ? random.between(1, STREAM_KINDS.length - 1) : 0;
    const { stream, stream_counter: counter } = this.#writers;
    this.#makeKey();
    stream.row();
    stream.int8(streamId);
    stream.timestamp(addedS);
    stream.int8(totalSizeBytes);
    if (kind === 0) stream.int4(random.pick(this.#trackerListIds));
    else stream.null();
    stream.int4(tail.audioMask);
    stream.int4(tail.flagsMask | (placements[0]?.season === -1 ? COMPLETE_FLAG : 0));
    stream.int4(tail.languagesLow);
    stream.int4(tail.languagesHigh);
    stream.int4(tail.subtitleLanguagesLow);
    stream.int4(tail.subtitleLanguagesHigh);
    stream.int2(tail.hdrMask);
    stream.int2(tail.channelsMask);
    stream.int2(kind);
    stream.int2(tail.resolution);
    stream.int2(tail.quality);
    stream.int2(tail.codec);
    stream.int2(tail.bitDepth);
    stream.bool(isVisible);
    stream.bytes(this.#key, KEY_BYTES);
    stream.bytes(this.#name.bytes, this.#name.length);
    stream.text(
      kind === 0
        ? ''
        : `https://media.example.org/${STREAM_KINDS[kind]}/${Buffer.from(this.#key).toString('hex')}.mkv`,
    );
    const source = random.pick(this.#sources);
    stream.bytes(source, source.length);
    stream.bytes(tail.group, tail.group.length);
    counter.row();
    counter.int8(streamId);
    counter.int4(random.onceIn(10) ? -1 : Math.floor(random.logNormal(4, 2)));
  }

  #writeLinks(
    streamId: number,
    filled: FilledTitle,
    tail: ReleaseTail,
    fileSizeBytes: number,
    isVisible: boolean,
    placements: readonly SeedPlacement[],
  ): void {
    const link = this.#writers.stream_link;
    const filename = this.#filename;
    for (const placement of placements) {
      link.row();
      link.int8(streamId);
      link.int8(filled.mediaId);
      link.int2(placement.season);
      link.int4(placement.episodeFrom);
      link.int4(placement.episodeTo);
      link.int4(placement.fileIndex);
      link.int8(fileSizeBytes);
      link.bool(isVisible);
      if (placement.fileIndex === -1) filename.clear();
      else {
        spell(filename, filled, tail, placement.season === 0 ? undefined : placement, false);
        filename.add(tail.bytes);
        filename.add(EXTENSION);
      }
      link.bytes(filename.bytes, filename.length);
    }
  }

  /** 20 bytes that no other number of stream and seed leads to: `mix` keeps apart what it is given. */
  #makeKey(): void {
    const key = this.#key;
    let word = mix(this.#streams);
    for (let at = 0; at < KEY_BYTES; at += 4) {
      key[at] = word >>> 24;
      key[at + 1] = word >>> 16;
      key[at + 2] = word >>> 8;
      key[at + 3] = word;
      word = mix(word + Math.imul(this.#base.seed + at + 1, 0x9e3779b1));
    }
  }
}

/** Minutes are of one episode. Packs of unknown files have a season's. */
function episodesIn(title: SeedTitle, placements: readonly SeedPlacement[]): number {
  const [first] = placements;
  if (first === undefined || !title.isSeries || placements.length > 1) return placements.length;
  if (first.season === -1) return title.seasons * title.episodesPerSeason;
  return first.episodeFrom === 0
    ? title.episodesPerSeason
    : first.episodeTo - first.episodeFrom + 1;
}

/** `The.Last.River.2011`, `.S02E05`, `.S02E05E06`, `.S02`, `.COMPLETE`. */
function spell(
  text: ByteText,
  filled: FilledTitle,
  tail: ReleaseTail,
  placement: SeedPlacement | undefined,
  isWholeSeason: boolean,
): void {
  text.clear();
  text.add(tail.isSpaced ? filled.spaced : filled.dotted);
  text.addByte(tail.isSpaced ? SPACE : DOT);
  if (placement === undefined) return text.add(filled.year);
  if (placement.season === -1) return text.add(COMPLETE);
  text.addNumbered(LETTER_S, placement.season);
  if (isWholeSeason || placement.episodeFrom === 0) return;
  text.addNumbered(LETTER_E, placement.episodeFrom);
  if (placement.episodeTo > placement.episodeFrom) text.addNumbered(LETTER_E, placement.episodeTo);
}
