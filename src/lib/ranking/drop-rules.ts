/** Why a stream is not shown, in the order in which a row is asked. */

export const DROP_RULES = [
  'none', 'kind', 'private', 'resolution', 'quality', 'codec', 'hdr', 'audio', 'channels', 'language', 'size-max', 'size-min',
  'name-filter', 'kind-cap', 'resolution-cap', 'total-cap',
] as const;
export type DropRule = (typeof DROP_RULES)[number];

/** Indexes into DROP_RULES, as `rank` writes them. */
export const KEPT = 0;
export const DROPPED_BY = {
  kind: 1, private: 2, resolution: 3, quality: 4, codec: 5, hdr: 6, audio: 7, channels: 8, language: 9, sizeMax: 10,
  sizeMin: 11, nameFilter: 12, kindCap: 13, resolutionCap: 14, totalCap: 15,
} as const satisfies Readonly<Record<string, number>>;
