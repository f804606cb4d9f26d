/** Where a recording was left: kept by the server for this browser's key, and by the browser where the server keeps nothing. */
import { useEffect, type RefObject } from 'react';
import { readStored, writeStored } from '../state/browser-storage.ts';
import { browserKey } from './browser-key.ts';
import { forgetPosition, keepPosition, keptPosition, STREAM_ID } from './live-api.ts';

const POSITION_KEY = `sluice.position.${STREAM_ID}`;
const KEEP_EVERY_S = 10;
/** So near to its end it was seen. */
const END_S = 5;

export function useKeptPosition(
  video: RefObject<HTMLVideoElement | null>,
  isRecording: boolean,
): void {
  useEffect(() => {
    const element = video.current;
    if (element === null || !isRecording) return;
    const kept = new KeptPosition(element);
    return () => kept.close();
  }, [video, isRecording]);
}

class KeptPosition {
  readonly #video: HTMLVideoElement;
  readonly #control = new AbortController();
  #keptS = 0;

  constructor(video: HTMLVideoElement) {
    this.#video = video;
    const { signal } = this.#control;
    const found = this.#find();
    video.addEventListener('loadedmetadata', () => void this.#restore(found), {
      once: true,
      signal,
    });
    video.addEventListener('timeupdate', () => this.#keep(KEEP_EVERY_S), { signal });
    video.addEventListener('pause', () => this.#keep(1), { signal });
    video.addEventListener('ended', () => this.#forget(), { signal });
    window.addEventListener('pagehide', () => this.#keep(1), { signal });
  }

  close(): void {
    this.#control.abort();
  }

  async #find(): Promise<number> {
    const ownS = Number(readStored(POSITION_KEY) ?? 0);
    return keptPosition(browserKey(), this.#control.signal).catch(() => ownS);
  }

  async #restore(found: Promise<number>): Promise<void> {
    const positionS = await found;
    const { duration, currentTime } = this.#video;
    const isUntouched = currentTime < KEEP_EVERY_S;
    if (isUntouched && positionS > 0 && positionS < duration - END_S)
      this.#video.currentTime = positionS;
  }

  #keep(leastS: number): void {
    const { currentTime, duration } = this.#video;
    if (Math.abs(currentTime - this.#keptS) < leastS || currentTime > duration - END_S) return;
    this.#keptS = currentTime;
    const positionS = Math.floor(currentTime);
    writeStored(POSITION_KEY, String(positionS));
    keepPosition(positionS, browserKey()).catch(() => undefined);
  }

  #forget(): void {
    this.#keptS = 0;
    writeStored(POSITION_KEY, null);
    forgetPosition(browserKey()).catch(() => undefined);
  }
}
