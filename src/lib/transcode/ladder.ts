/** What a source can be turned into: the rungs of the ladder, and which of them suit a source. */

/** What ffprobe says of a source. */
export interface ScannedMedia {
  /** Null for what has no end, or does not say. */
  readonly durationS: number | null;
  readonly video: {
    /** As ffmpeg calls it: `h264`. */
    readonly codec: string;
    readonly width: number;
    readonly height: number;
  } | null;
  readonly audio: { readonly codec: string } | null;
  /** Of the whole source; null where it does not say. */
  readonly bitsPerSecond: number | null;
}

interface Rung {
  /** Null: the picture is taken over as it is (`copy`), or there is none (`audio`). */
  readonly height: number | null;
  readonly videoKbps: number;
  readonly audioKbps: number;
}

export const LADDER = {
  copy: { height: null, videoKbps: 0, audioKbps: 160 },
  '1080p': { height: 1080, videoKbps: 5000, audioKbps: 160 },
  '720p': { height: 720, videoKbps: 2800, audioKbps: 128 },
  '480p': { height: 480, videoKbps: 1200, audioKbps: 128 },
  audio: { height: null, videoKbps: 0, audioKbps: 128 },
} as const satisfies Record<string, Rung>;

export type RungName = keyof typeof LADDER;

export const RUNG_NAMES = Object.keys(LADDER) as readonly RungName[];

/** One rendition of the result. */
export interface PlannedRung {
  readonly name: RungName;
  readonly video: 'none' | 'copy' | { readonly width: number; readonly height: number };
  readonly videoKbps: number;
  readonly audio: 'none' | 'copy' | 'aac';
  readonly audioKbps: number;
}

/** Why a source cannot be turned into anything of what was asked for. */
export class Unsuitable extends Error {
  override readonly name = 'Unsuitable';
}

/** Pictures that HLS players take in fragmented MP4. */
const COPIED_VIDEO: ReadonlySet<string> = new Set(['h264', 'hevc']);
const COPIED_AUDIO = 'aac';
/** Where the source says nothing. */
const UNKNOWN_KBPS = 6000;

/**
 * The rungs that suit the source, in the order of the ladder: a picture is never made larger; where all would be, the
 * smallest is made at the source's own size. @throws Unsuitable
 */
export function planRungs(
  media: ScannedMedia,
  wanted: readonly RungName[],
): readonly PlannedRung[] {
  if (media.video === null && media.audio === null)
    throw new Unsuitable('the source has neither a picture nor sound');
  const asked = RUNG_NAMES.filter((name) => wanted.includes(name));
  const rungs = asked.flatMap((name) => planned(name, media));
  const smallest = asked.findLast((name) => LADDER[name].height !== null);
  const hasScaled = rungs.some(({ video }) => typeof video === 'object');
  if (smallest !== undefined && !hasScaled && media.video !== null)
    rungs.push(scaled(smallest, media.video.height, media));
  if (rungs.length === 0) throw new Unsuitable(reasonOf(asked, media));
  return rungs;
}

function planned(name: RungName, media: ScannedMedia): PlannedRung[] {
  const { video, audio } = media;
  const { height, audioKbps } = LADDER[name];
  if (name === 'audio')
    return audio === null
      ? []
      : [{ name, video: 'none', videoKbps: 0, audio: audioOf(audio.codec), audioKbps }];
  if (video === null) return [];
  if (height !== null) return video.height >= height ? [scaled(name, height, media)] : [];
  if (!COPIED_VIDEO.has(video.codec)) return [];
  const videoKbps = Math.round((media.bitsPerSecond ?? UNKNOWN_KBPS * 1000) / 1000);
  return [
    {
      name,
      video: 'copy',
      videoKbps,
      audio: audio === null ? 'none' : audioOf(audio.codec),
      audioKbps,
    },
  ];
}

function scaled(name: RungName, height: number, { video, audio }: ScannedMedia): PlannedRung {
  const { videoKbps, audioKbps } = LADDER[name];
  const ratio = video === null || video.height === 0 ? 16 / 9 : video.width / video.height;
  return {
    name,
    video: { width: even(height * ratio), height: even(height) },
    videoKbps,
    audio: audio === null ? 'none' : 'aac',
    audioKbps,
  };
}

function audioOf(codec: string): 'copy' | 'aac' {
  return codec === COPIED_AUDIO ? 'copy' : 'aac';
}

/** Encoders take no odd sizes. */
function even(pixels: number): number {
  return Math.max(2, 2 * Math.round(pixels / 2));
}

function reasonOf(asked: readonly RungName[], { video }: ScannedMedia): string {
  if (video === null)
    return `the source has no picture: of ${asked.join(', ')} nothing can be made`;
  return `${video.codec} cannot be copied into HLS, and no other rung was asked for`;
}

/** Lists the renditions, the best first, each a playlist `{name}.m3u8` beside it. */
export function masterPlaylist(rungs: readonly PlannedRung[]): string {
  const lines = ['#EXTM3U', '#EXT-X-VERSION:7', '#EXT-X-INDEPENDENT-SEGMENTS'];
  for (const { name, video, videoKbps, audio, audioKbps } of rungs) {
    const soundKbps = audio === 'none' ? 0 : audioKbps;
    const attributes = [`BANDWIDTH=${Math.round((videoKbps * 1.2 + soundKbps) * 1000)}`];
    if (video === 'none') attributes.push('CODECS="mp4a.40.2"');
    if (typeof video === 'object') attributes.push(`RESOLUTION=${video.width}x${video.height}`);
    lines.push(`#EXT-X-STREAM-INF:${attributes.join(',')}`, `${name}.m3u8`);
  }
  return `${lines.join('\n')}\n`;
}
