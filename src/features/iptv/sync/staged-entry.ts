/** Entries of a list as rows of COPY. */
import { createHash } from 'node:crypto';
import { copyArray, copyField } from '../../../lib/import-line/copy-text.ts';
import { readChannelName } from '../../../lib/iptv/channel-name.ts';
import type { M3uEntry } from '../../../lib/m3u/entry.ts';

/** In the order of `stagedRow`. */
export const STAGED_COLUMNS = [
  'position',
  'digest',
  'merge_key',
  'region',
  'name',
  'group_title',
  'number',
  'tvg_id',
  'logo',
  'url',
  'quality',
  'is_radio',
  'user_agent',
  'referrer',
  'catchup_type',
  'catchup_source',
  'catchup_days',
  'properties',
] as const;

/** @param position in the list, from 0 */
export function stagedRow(entry: M3uEntry, position: number): string {
  const { key, region, quality } = readChannelName(entry.name, entry.tvgId, entry.country);
  const said = [
    key === '' ? `=${entry.name}` : key,
    region,
    entry.name,
    entry.group,
    entry.number === null ? '\\N' : String(entry.number),
    entry.tvgId,
    entry.logo,
    entry.url,
    String(quality),
    entry.isRadio ? 't' : 'f',
    entry.userAgent,
    entry.referrer,
    entry.catchupType,
    entry.catchupSource,
    String(entry.catchupDays),
  ].map((text) => (text === '\\N' ? text : copyField(text)));
  const properties = copyArray(entry.properties);
  return `${[position, digestOf([...said, properties]), ...said, properties].join('\t')}\n`;
}

/** Equal where nothing of an entry has changed, wherever in the list it stands. As a UUID has it. */
function digestOf(fields: readonly string[]): string {
  return createHash('md5').update(fields.join('\t')).digest('hex');
}
