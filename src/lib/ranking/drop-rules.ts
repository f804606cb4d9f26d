/** Why a stream is not shown, in the order in which a row is asked; `unavailable` is asked with `kind`. */

export const DROP_RULES = [
  'none',
  'kind',
  'private',
  'resolution',
  'quality',
  'codec',
  'hdr',
  'audio',
  'channels',
  'language',
  'size-max',
  'size-min',
  'name-filter',
  'kind-cap',
  'resolution-cap',
  'total-cap',
  'unavailable',
  'not-cached',
] as const;
export type DropRule = (typeof DROP_RULES)[number];

/** What a rule is called where people read it. */
export const DROP_RULE_NAMES: Readonly<Record<DropRule, string>> = {
  none: '',
  kind: 'stream types',
  private: 'private torrents',
  resolution: 'resolutions',
  quality: 'quality groups',
  codec: 'video codecs',
  hdr: 'HDR formats',
  audio: 'audio formats',
  channels: 'audio channels',
  language: 'languages',
  'size-max': 'largest size',
  'size-min': 'smallest size',
  'name-filter': 'name filter',
  'kind-cap': 'streams per type',
  'resolution-cap': 'streams per resolution',
  'total-cap': 'streams in all',
  unavailable: 'needs a service that is not available',
  'not-cached': 'only what the service has cached',
};

/** Indexes into DROP_RULES, as `rank` writes them. */
export const KEPT = 0;
export const DROPPED_BY = {
  kind: 1,
  private: 2,
  resolution: 3,
  quality: 4,
  codec: 5,
  hdr: 6,
  audio: 7,
  channels: 8,
  language: 9,
  sizeMax: 10,
  sizeMin: 11,
  nameFilter: 12,
  kindCap: 13,
  resolutionCap: 14,
  totalCap: 15,
  unavailable: 16,
  notCached: 17,
} as const satisfies Readonly<Record<string, number>>;
