/**
 * Streams to try settings and templates on, when no title was chosen: releases of free titles with every attribute
 * that settings speak of. Their infohashes lead nowhere.
 */
import { encodeStreamSet } from '../../lib/stream-set/encode.ts';
import { decodeStreamSet } from '../../lib/stream-set/decode.ts';
import type { StreamRow } from '../../lib/stream/fields.ts';
import type { StreamSetMedia } from '../../lib/stream-set/row.ts';
import type { StreamSet } from '../../lib/stream-set/stream-set.ts';
import {
  AUDIO_FORMATS,
  CHANNELS,
  CODECS,
  HDR_FORMATS,
  LANGUAGES,
  QUALITIES,
  RESOLUTIONS,
  STREAM_KINDS,
  codeOf,
  maskOf,
  type AudioFormat,
  type Channels,
  type Codec,
  type HdrFormat,
  type Language,
  type Quality,
  type Resolution,
  type StreamKind,
} from '../../lib/vocabulary.ts';

const MEDIA: StreamSetMedia = {
  mediaId: 0,
  type: 'movie',
  publicId: 'sl:sample',
  imdbId: 'tt1727587',
  tmdbId: '45745',
  title: 'Sintel',
  year: 2010,
  runtimeMinutes: 15,
  season: 0,
  episode: 0,
  restrictions: 0,
};

interface Sample {
  readonly name: string;
  readonly kind?: StreamKind;
  readonly resolution?: Resolution;
  readonly quality?: Quality;
  readonly codec?: Codec;
  readonly hdr?: readonly HdrFormat[];
  readonly audio?: readonly AudioFormat[];
  readonly channels?: readonly Channels[];
  readonly languages?: readonly Language[];
  readonly subtitles?: readonly Language[];
  readonly sizeMb?: number;
  readonly seeders?: number;
  readonly source?: string;
  readonly uploader?: string;
}

const SAMPLES: readonly Sample[] = [
  {
    name: 'Sintel.2010.2160p.UHD.BluRay.REMUX.DV.HDR10.HEVC.TrueHD.7.1.Atmos-DURIAN',
    resolution: '2160p',
    quality: 'BluRay REMUX',
    codec: 'hevc',
    hdr: ['DV', 'HDR'],
    audio: ['Atmos', 'TrueHD'],
    channels: ['7.1'],
    languages: ['English'],
    subtitles: ['French', 'German'],
    sizeMb: 21_500,
    seeders: 88,
    source: 'Open Movies',
    uploader: 'durian',
  },
  {
    name: 'Sintel.2010.2160p.WEB-DL.HDR10+.DDP5.1.Atmos.H.265-OPEN',
    resolution: '2160p',
    quality: 'WEB-DL',
    codec: 'hevc',
    hdr: ['HDR10+'],
    audio: ['EAC3', 'Atmos'],
    channels: ['5.1'],
    languages: ['English', 'French'],
    sizeMb: 8400,
    seeders: 240,
    source: 'Open Movies',
  },
  {
    name: 'Sintel.2010.2160p.AV1.Opus.5.1-FREE',
    resolution: '2160p',
    quality: 'WEBRip',
    codec: 'av1',
    hdr: ['SDR'],
    audio: ['Opus'],
    channels: ['5.1'],
    languages: ['English'],
    sizeMb: 3200,
    seeders: 51,
    source: 'Torznab',
  },
  {
    name: 'Sintel.2010.1440p.WEBRip.x264.AAC.2.0-OPEN',
    resolution: '1440p',
    quality: 'WEBRip',
    codec: 'avc',
    audio: ['AAC'],
    channels: ['2.0'],
    languages: ['English'],
    sizeMb: 2600,
    seeders: 12,
    source: 'Torznab',
  },
  {
    name: 'Sintel.2010.1080p.BluRay.REMUX.AVC.DTS-HD.MA.5.1-DURIAN',
    resolution: '1080p',
    quality: 'BluRay REMUX',
    codec: 'avc',
    audio: ['DTS Lossless'],
    channels: ['5.1'],
    languages: ['English', 'German'],
    sizeMb: 9800,
    seeders: 64,
    source: 'Open Movies',
    uploader: 'durian',
  },
  {
    name: 'Sintel.2010.1080p.BluRay.x265.10bit.DTS-X.7.1-FREE',
    resolution: '1080p',
    quality: 'BluRay',
    codec: 'hevc',
    hdr: ['HLG'],
    audio: ['DTS:X'],
    channels: ['7.1'],
    languages: ['English'],
    sizeMb: 4100,
    seeders: 130,
    source: 'Torznab',
  },
  {
    name: 'Sintel.2010.1080p.WEB-DL.DDP5.1.H.264-OPEN',
    resolution: '1080p',
    quality: 'WEB-DL',
    codec: 'avc',
    audio: ['EAC3'],
    channels: ['5.1'],
    languages: ['English'],
    sizeMb: 2300,
    seeders: 410,
    source: 'Open Movies',
  },
  {
    name: 'Sintel.2010.MULTi.1080p.WEB.H264-LIBRE',
    resolution: '1080p',
    quality: 'WEB',
    codec: 'avc',
    audio: ['AC3'],
    channels: ['5.1'],
    languages: ['French', 'English', 'Spanish'],
    sizeMb: 1900,
    seeders: 73,
    source: 'Torznab',
  },
  {
    name: 'Sintel.2010.1080p.HDTV.MPEG2-PUBLIC',
    resolution: '1080p',
    quality: 'HDTV',
    codec: 'mpeg2',
    audio: ['MP2'],
    channels: ['2.0'],
    languages: ['Dutch'],
    sizeMb: 3900,
    seeders: 4,
    source: 'Torznab',
  },
  {
    name: 'Sintel.2010.1080p.VP9.Vorbis-BLENDER',
    kind: 'http',
    resolution: '1080p',
    quality: 'WEB-DL',
    codec: 'vp9',
    audio: ['Vorbis'],
    channels: ['5.1'],
    languages: ['English'],
    sizeMb: 900,
    source: 'Blender Foundation',
  },
  {
    name: 'Sintel.2010.Hindi.Tamil.Telugu.1080p.WEB-DL.AAC-OPEN',
    resolution: '1080p',
    quality: 'WEB-DL',
    codec: 'avc',
    audio: ['AAC'],
    channels: ['2.0'],
    languages: ['Hindi', 'Tamil', 'Telugu'],
    sizeMb: 2100,
    seeders: 33,
    source: 'Torznab',
  },
  {
    name: 'Sintel.2010.720p.BluRay.x264.DTS-DURIAN',
    resolution: '720p',
    quality: 'BluRay',
    codec: 'avc',
    audio: ['DTS Lossy'],
    channels: ['5.1'],
    languages: ['English'],
    sizeMb: 1500,
    seeders: 95,
    source: 'Open Movies',
  },
  {
    name: 'Sintel.2010.720p.WEBRip.Latino.x264-LIBRE',
    resolution: '720p',
    quality: 'WEBRip',
    codec: 'avc',
    audio: ['AAC'],
    channels: ['2.0'],
    languages: ['Latino'],
    sizeMb: 800,
    seeders: 21,
    source: 'Torznab',
  },
  {
    name: 'Sintel (2010) 720p',
    kind: 'youtube',
    resolution: '720p',
    languages: ['English'],
    source: 'YouTube',
  },
  {
    name: 'Sintel.2010.576p.DVDRip.XviD.MP3-PAL',
    resolution: '576p',
    quality: 'DVDRip',
    codec: 'xvid',
    audio: ['MP3'],
    channels: ['2.0'],
    languages: ['Italian'],
    sizeMb: 1100,
    seeders: 9,
    source: 'Torznab',
  },
  {
    name: 'Sintel.2010.480p.WEB.x264.AAC-MOBILE',
    resolution: '480p',
    quality: 'WEB',
    codec: 'avc',
    audio: ['AAC'],
    channels: ['2.0'],
    languages: ['English'],
    sizeMb: 240,
    seeders: 160,
    source: 'Torznab',
  },
  {
    name: 'Sintel.2010.480p.mp4',
    kind: 'http',
    resolution: '480p',
    codec: 'avc',
    audio: ['AAC'],
    channels: ['2.0'],
    languages: ['English'],
    sizeMb: 210,
    source: 'Internet Archive',
  },
  {
    name: 'Sintel.2010.HDCAM.x264-PREMIERE',
    resolution: '720p',
    quality: 'CAM',
    codec: 'avc',
    languages: ['English'],
    sizeMb: 1400,
    seeders: 14,
    source: 'Torznab',
  },
  {
    name: 'Sintel.2010.TeleSync.480p-PREMIERE',
    resolution: '480p',
    quality: 'TeleSync',
    languages: ['Russian'],
    sizeMb: 900,
    seeders: 6,
    source: 'Torznab',
  },
  { name: 'Sintel Open Movie', seeders: 3, sizeMb: 650, source: 'Torznab' },
];

let samples: StreamSet | undefined;

/** The same set each time. */
export function sampleSet(): StreamSet {
  samples ??= decodeStreamSet(encodeStreamSet(MEDIA, SAMPLES.map(rowOf))) ?? undefined;
  if (samples === undefined) throw new Error('the samples cannot be encoded');
  return samples;
}

function rowOf(sample: Sample, index: number): StreamRow {
  const { kind = 'torrent', languages = [], subtitles = [] } = sample;
  const sizeBytes = (sample.sizeMb ?? 0) * 1024 * 1024;
  return {
    streamId: index + 1,
    kind: codeOf(STREAM_KINDS, kind),
    resolution: codeOf(RESOLUTIONS, sample.resolution),
    quality: codeOf(QUALITIES, sample.quality),
    codec: codeOf(CODECS, sample.codec),
    hdrMask: maskOf(HDR_FORMATS, sample.hdr ?? []),
    audioMask: maskOf(AUDIO_FORMATS, sample.audio ?? []),
    channelsMask: maskOf(CHANNELS, sample.channels ?? []),
    flagsMask: 0,
    languagesLow: lowMask(languages),
    languagesHigh: highMask(languages),
    subtitleLanguagesLow: lowMask(subtitles),
    subtitleLanguagesHigh: highMask(subtitles),
    bitDepth: 0,
    fileSizeBytes: sizeBytes,
    totalSizeBytes: sizeBytes,
    seeders: sample.seeders ?? -1,
    addedAtS: Date.UTC(2024, 0, 1 + index) / 1000,
    fileIndex: kind === 'torrent' ? 0 : -1,
    infohash: kind === 'torrent' ? new Uint8Array(20).fill(index + 1) : null,
    name: sample.name,
    filename: kind === 'torrent' ? `${sample.name}.mkv` : '',
    locator:
      kind === 'http' ? 'https://example.org/sintel.mp4' : kind === 'youtube' ? 'eRsGyueVLvQ' : '',
    source: sample.source ?? '',
    releaseGroup: kind === 'torrent' ? (sample.name.split('-').at(-1) ?? '') : '',
    uploader: sample.uploader ?? '',
    trackers: '',
  };
}

function lowMask(languages: readonly Language[]): number {
  return (
    maskOf(LANGUAGES.slice(0, 31), languages) | (languages.includes(LANGUAGES[31]) ? 1 << 31 : 0)
  );
}

function highMask(languages: readonly Language[]): number {
  return maskOf(LANGUAGES.slice(32), languages);
}
