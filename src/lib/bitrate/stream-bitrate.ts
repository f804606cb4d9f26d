/** The bitrate of a live stream: a meter for each of its renditions, and its refused segments. */
import { BitrateMeter, RING_S } from './bitrate-meter.ts';

interface RenditionBitrate {
  readonly name: string;
  readonly segments: number;
  readonly currentBps: number;
  readonly averageBps: number;
  readonly peakBps: number;
}

/** Bits per second, whole numbers. */
export interface BitrateSnapshot {
  readonly currentBps: number;
  readonly averageBps: number;
  /** Highest sum of all renditions. */
  readonly peakBps: number;
  readonly segments: number;
  /** Refused: cut off, no segment, or no room for it. */
  readonly drops: number;
  readonly renditions: readonly RenditionBitrate[];
  /** Bits that arrived in each of the last seconds, oldest first; the present one is left out. */
  readonly seconds: readonly number[];
}

interface Rendition {
  readonly meter: BitrateMeter;
  currentBps: number;
}

/** Beyond these, all others are one. */
const RENDITIONS_MAX = 8;
const OTHERS = 'others';
/** Between the name of a rendition and the number of its segment. */
const SEPARATORS = '-_.';
const SECONDS_SHOWN = RING_S - 4;
/** How old a snapshot may be. */
const SNAPSHOT_MS = 1000;

/** What numbered segments of one playlist have in common: `video-1080` of `video-1080_00012.m4s`. */
export function renditionOf(segmentName: string): string {
  let end = segmentName.lastIndexOf('.');
  while (end > 0 && isDigit(segmentName.charCodeAt(end - 1))) end -= 1;
  while (end > 0 && SEPARATORS.includes(segmentName.charAt(end - 1))) end -= 1;
  return end <= 0 ? 'main' : segmentName.slice(0, end);
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

export class StreamBitrate {
  readonly #renditions = new Map<string, Rendition>();
  #currentBps = 0;
  #peakBps = 0;
  #segments = 0;
  #drops = 0;
  #lastAtMs: number;
  #snapshot: BitrateSnapshot | null = null;
  #snapshotAtMs = 0;

  constructor(nowMs: number) {
    this.#lastAtMs = nowMs;
  }

  /** When something came of it last. */
  get lastAtMs(): number {
    return this.#lastAtMs;
  }

  /** @returns the rate of its rendition */
  add(rendition: string, bytes: number, nowMs: number): number {
    const one = this.#rendition(rendition);
    const rate = one.meter.add(bytes, nowMs);
    this.#currentBps += rate - one.currentBps;
    one.currentBps = rate;
    if (this.#currentBps > this.#peakBps) this.#peakBps = this.#currentBps;
    this.#segments += 1;
    this.#lastAtMs = nowMs;
    return rate;
  }

  drop(nowMs: number): void {
    this.#drops += 1;
    this.#lastAtMs = nowMs;
  }

  /** Of all renditions. */
  currentBps(nowMs: number): number {
    this.#currentBps = 0;
    for (const one of this.#renditions.values()) {
      one.currentBps = one.meter.currentBps(nowMs);
      this.#currentBps += one.currentBps;
    }
    return this.#currentBps;
  }

  /** Of the last second: who asks more often gets the same one. */
  snapshot(nowMs: number): BitrateSnapshot {
    const known = this.#snapshot;
    if (known !== null && nowMs - this.#snapshotAtMs < SNAPSHOT_MS) return known;
    const made = this.#make(nowMs);
    this.#snapshot = made;
    this.#snapshotAtMs = nowMs;
    return made;
  }

  #make(nowMs: number): BitrateSnapshot {
    const seconds = new Float64Array(SECONDS_SHOWN);
    const currentBps = Math.round(this.currentBps(nowMs));
    const renditions = [...this.#renditions].map(([name, one]): RenditionBitrate => {
      const { meter } = one;
      meter.addSeconds(seconds, nowMs);
      return {
        name,
        segments: meter.segments,
        currentBps: Math.round(one.currentBps),
        averageBps: Math.round(meter.averageBps),
        peakBps: Math.round(meter.peakBps),
      };
    });
    return {
      currentBps,
      averageBps: renditions.reduce((sum, { averageBps }) => sum + averageBps, 0),
      peakBps: Math.round(this.#peakBps),
      segments: this.#segments,
      drops: this.#drops,
      renditions,
      seconds: Array.from(seconds),
    };
  }

  #rendition(name: string): Rendition {
    const known = this.#renditions.get(name);
    if (known !== undefined) return known;
    if (this.#renditions.size >= RENDITIONS_MAX && name !== OTHERS) return this.#rendition(OTHERS);
    const made = { meter: new BitrateMeter(), currentBps: 0 };
    this.#renditions.set(name, made);
    return made;
  }
}
