/** The table of channels of iptv-org (`channels.json` of its API): which names are the same channel. */
import { z } from 'zod';
import { readChannelName } from './channel-name.ts';

/** Of the API's fields, those that are read. */
const CHANNELS = z
  .array(
    z.object({
      id: z.string().min(1).max(200),
      name: z.string().min(1).max(500),
      alt_names: z.array(z.string().max(500)).max(100).default([]),
      country: z.string().max(10).default(''),
      closed: z.string().nullish(),
      replaced_by: z.string().nullish(),
    }),
  )
  .max(200_000);

export interface KnownChannel {
  /** In lower case. */
  readonly tvgId: string;
  readonly mergeKey: string;
  readonly region: string;
}

export interface KnownName {
  readonly nameKey: string;
  readonly region: string;
  readonly mergeKey: string;
}

export interface KnownChannels {
  readonly channels: readonly KnownChannel[];
  readonly names: readonly KnownName[];
  /** Names that several channels of a region have: they say nothing. */
  readonly ambiguous: number;
}

/** @param table parsed JSON; null where it is no such table */
export function readKnownChannels(table: unknown): KnownChannels | null {
  const read = CHANNELS.safeParse(table);
  if (!read.success || read.data.length === 0) return null;
  const open = read.data.filter(({ closed, replaced_by: after }) => !closed && !after);
  const channels = open.map(({ id, name, country }) => {
    const { key, region } = readChannelName(name, '', country);
    return { tvgId: id.toLowerCase(), mergeKey: key === '' ? `=${name}` : key, region };
  });
  const own = new Set(channels.map(({ mergeKey, region }) => `${region} ${mergeKey}`));
  const found = new Map<string, KnownName | null>();
  for (const [at, { alt_names: others, country }] of open.entries()) {
    const mergeKey = channels[at]?.mergeKey ?? '';
    for (const other of new Set(others)) {
      const { key, region } = readChannelName(other, '', country);
      const name = `${region} ${key}`;
      if (key === '' || key === mergeKey || own.has(name)) continue;
      const known = found.get(name);
      const isOther = known !== undefined && known?.mergeKey !== mergeKey;
      found.set(name, isOther ? null : { nameKey: key, region, mergeKey });
    }
  }
  const names = [...found.values()].filter((name) => name !== null);
  return { channels, names, ambiguous: found.size - names.length };
}
