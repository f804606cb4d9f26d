/** The constant bytes of stream objects, prepared once for an addon name: names by code, emojis, JSON keys. */
import { Buffer } from 'node:buffer';
import { jsonBytes } from '../../lib/json/byte-writer.ts';
import type { MarkName } from '../../lib/ranking/service-marks.ts';
import {
  AUDIO_FORMATS,
  CHANNELS,
  CODECS,
  HDR_FORMATS,
  LANGUAGES,
  QUALITIES,
  RESOLUTIONS,
  STREAM_KINDS,
  type StreamKind,
} from '../../lib/vocabulary.ts';

/** Icons of the default template that users of such add-ons know. */
export const KIND_ICONS: Readonly<Record<StreamKind, string>> = {
  torrent: '🧲',
  http: '🌐',
  youtube: '▶️',
  usenet: '📰',
  acestream: '🔗',
  external: '🔗',
};

/** Bytes by code; an empty entry for "unknown" and for codes of a newer vocabulary. */
export type LabelTable = readonly Buffer[];

const CODES = 256;
const EMPTY = jsonBytes('');

export const LABELS = {
  qualities: byCode(QUALITIES),
  codecs: byCode(CODECS),
  hdrFormats: byBit(HDR_FORMATS),
  audioFormats: byBit(AUDIO_FORMATS),
  channels: byBit(CHANNELS),
  languages: byBit(LANGUAGES),
  sizeUnits: ['B', 'KB', 'MB', 'GB', 'TB', 'PB'].map((unit) => jsonBytes(` ${unit}`)),
} as const;

/** Parts of stream objects for one addon name. */
export interface AddonLabels {
  /** `Sluice 🧲 1080p` by kind and resolution (`labelIndex`). */
  readonly names: LabelTable;
  /** `"behaviorHints":{"bingeGroup":"sluice|torrent|1080p` by kind and resolution. */
  readonly bingeGroups: LabelTable;
}

/** Index into the tables of `AddonLabels`. */
export function labelIndex(kind: number, resolution: number): number {
  return kind < STREAM_KINDS.length && resolution < RESOLUTIONS.length
    ? kind * CODES + resolution
    : kind * CODES;
}

/** @param torrentName what torrents are called by: the add-on's name, or that with a mark */
export function addonLabels(addonName: string, torrentName: string): AddonLabels {
  const slug = addonSlug(addonName);
  const names: Buffer[] = [];
  const bingeGroups: Buffer[] = [];
  STREAM_KINDS.forEach((kind, kindCode) => {
    RESOLUTIONS.forEach((resolution, code) => {
      const shown = code === 0 ? '' : ` ${resolution}`;
      const group = JSON.stringify(`${slug}|${kind}|${resolution}`).slice(0, -1);
      names[kindCode * CODES + code] = jsonBytes(
        `${kind === 'torrent' ? torrentName : addonName} ${KIND_ICONS[kind]}${shown}`,
      );
      bingeGroups[kindCode * CODES + code] = rawBytes(`"behaviorHints":{"bingeGroup":${group}`);
    });
  });
  return { names, bingeGroups };
}

/** How a mark is shown beside the name of a service. */
export const MARK_ICONS: Readonly<Record<MarkName, string>> = {
  cached: '⚡',
  unknown: '❔',
  notCached: '⏳',
};

/** Kinds that services play. */
export type ServedKind = 'torrent' | 'usenet';

/** Parts of streams of one kind that one service plays. */
export interface ServiceLabels {
  /** `Sluice 🧲 RD ⚡ 1080p` by mark and resolution. */
  readonly names: Readonly<Record<MarkName, LabelTable>>;
  /** As `AddonLabels`, by resolution: the next episode is played with the same service. */
  readonly bingeGroups: LabelTable;
}

export function serviceLabels(addonName: string, label: string, kind: ServedKind): ServiceLabels {
  const slug = addonSlug(addonName);
  const group = kind === 'torrent' ? label : `${label}|${kind}`;
  const named = (mark: MarkName) =>
    RESOLUTIONS.map((resolution, code) =>
      jsonBytes(
        `${addonName} ${KIND_ICONS[kind]} ${label} ${MARK_ICONS[mark]}${code === 0 ? '' : ` ${resolution}`}`,
      ),
    );
  return {
    names: { cached: named('cached'), unknown: named('unknown'), notCached: named('notCached') },
    bingeGroups: RESOLUTIONS.map((resolution) => {
      const text = JSON.stringify(`${slug}|${group}|${resolution}`).slice(0, -1);
      return rawBytes(`"behaviorHints":{"bingeGroup":${text}`);
    }),
  };
}

function addonSlug(addonName: string): string {
  return addonName.trim().toLowerCase().replaceAll(/\s+/g, '-');
}

/** Bytes that are JSON already. */
export function rawBytes(json: string): Buffer {
  return Buffer.from(json);
}

function byCode(names: readonly string[]): LabelTable {
  return Array.from({ length: CODES }, (_, code) =>
    code === 0 ? EMPTY : jsonBytes(names[code] ?? ''),
  );
}

function byBit(names: readonly string[]): LabelTable {
  return names.map(jsonBytes);
}
