/** The picture: HLS by hls.js, or by the browser where that plays it and has no MediaSource. */
import type Hls from 'hls.js';
import { useEffect, useRef, useState } from 'react';
import { useKeptPosition } from './kept-position.ts';
import { playlistUrl } from './live-api.ts';

interface Props {
  readonly title: string;
  /** A recording goes on where it was left. */
  readonly isRecording: boolean;
  /** Bits per second of each piece that was fetched. */
  readonly onPiece: (bitsPerSecond: number) => void;
}

const HLS_TYPE = 'application/vnd.apple.mpegurl';
const AGAIN_MS = 3000;
const BUFFER_S = 30;

export function Player({ title, isRecording, onPiece }: Props) {
  const video = useRef<HTMLVideoElement>(null);
  const [problem, setProblem] = useState('');
  useEffect(() => {
    const element = video.current;
    if (element === null) return;
    const playing = new Playing(element, { onPiece, onProblem: setProblem });
    return () => playing.close();
  }, [onPiece]);
  useKeptPosition(video, isRecording);
  return (
    <div className="live-player">
      <video ref={video} controls playsInline aria-label={title} />
      <p role="status" className="hint">
        {problem}
      </p>
    </div>
  );
}

interface Listener {
  readonly onPiece: (bitsPerSecond: number) => void;
  readonly onProblem: (problem: string) => void;
}

class Playing {
  readonly #video: HTMLVideoElement;
  readonly #listener: Listener;
  #hls: Hls | null = null;
  #timer: number | undefined;
  #isClosed = false;

  constructor(video: HTMLVideoElement, listener: Listener) {
    this.#video = video;
    this.#listener = listener;
    void this.#open();
  }

  close(): void {
    this.#isClosed = true;
    window.clearTimeout(this.#timer);
    this.#hls?.destroy();
    this.#video.removeAttribute('src');
  }

  async #open(): Promise<void> {
    const { default: HlsPlayer } = await import('hls.js');
    if (this.#isClosed) return;
    if (HlsPlayer.isSupported()) return this.#openHls(HlsPlayer);
    if (this.#video.canPlayType(HLS_TYPE) !== '') this.#video.src = playlistUrl;
    else this.#listener.onProblem('This browser plays no HLS: open the address in a player.');
  }

  #openHls(HlsPlayer: typeof Hls): void {
    const hls = new HlsPlayer({ backBufferLength: BUFFER_S });
    const { Events, ErrorTypes } = HlsPlayer;
    this.#hls = hls;
    hls.on(Events.FRAG_LOADED, (_, { frag }) => {
      const bytes = frag.stats.total || frag.stats.loaded;
      if (frag.duration > 0 && bytes > 0) this.#listener.onPiece((8 * bytes) / frag.duration);
    });
    hls.on(Events.FRAG_BUFFERED, () => this.#listener.onProblem(''));
    hls.on(Events.ERROR, (_, { fatal, type }) => {
      if (!fatal) return;
      this.#listener.onProblem('The picture is interrupted: trying again …');
      if (type === ErrorTypes.MEDIA_ERROR) hls.recoverMediaError();
      else this.#again(HlsPlayer);
    });
    hls.loadSource(playlistUrl);
    hls.attachMedia(this.#video);
  }

  #again(HlsPlayer: typeof Hls): void {
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => {
      this.#hls?.destroy();
      if (!this.#isClosed) this.#openHls(HlsPlayer);
    }, AGAIN_MS);
  }
}
