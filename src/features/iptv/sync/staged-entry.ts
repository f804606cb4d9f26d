/** Entries of a list as rows of COPY. */
import { hash } from 'node:crypto';
import { copyArray, copyField } from '../../../lib/import-line/copy-text.ts';
import { pictureQuality, readChannelName } from '../../../lib/iptv/channel-name.ts';
import type { ListedEntry, VodFacts } from '../../../lib/iptv/vod-facts.ts';
import { vodKey } from '../../../lib/iptv/vod-name.ts';
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
  'kind',
  'year',
  'season',
  'episode',
  'label',
  'series_ref',
  'container',
  'external_id',
  'details',
  'properties',
] as const;

/** @param position in the list, from 0 */
export function stagedRow({ entry, vod }: ListedEntry, position: number): string {
  const said = [
    ...(vod === null ? channelFields(entry) : vodFields(entry, vod)),
    entry.group,
    entry.number === null ? '\\N' : String(entry.number),
    entry.tvgId,
    entry.logo,
    entry.url,
    String(pictureQuality(entry.name)),
    entry.isRadio ? 't' : 'f',
    entry.userAgent,
    entry.referrer,
    entry.catchupType,
    entry.catchupSource,
    String(entry.catchupDays),
    ...(vod === null ? LIVE_FIELDS : factFields(entry, vod)),
  ].map((text) => (text === '\\N' ? text : copyField(text)));
  const properties = copyArray(entry.properties);
  return `${[position, digestOf([...said, properties]), ...said, properties].join('\t')}\n`;
}

/** `merge_key`, `region` and `name`. */
function channelFields({ name, tvgId, country }: M3uEntry): readonly string[] {
  const { key, region } = readChannelName(name, tvgId, country);
  return [key === '' ? `=${name}` : key, region, name];
}

function vodFields({ name }: M3uEntry, { kind, title, year }: VodFacts): readonly string[] {
  return [vodKey(kind, title || name, year), '', title || name];
}

/** From `kind` to `details`. */
const LIVE_FIELDS = ['live', '0', '-1', '-1', '', '', '', '', '{}'] as const;

function factFields({ name }: M3uEntry, vod: VodFacts): readonly string[] {
  const { kind, title, year, season, episode, seriesRef, container, externalId, details } = vod;
  const label = name === title ? '' : name;
  const numbers = [year, season, episode].map(String);
  return [kind, ...numbers, label, seriesRef, container, externalId, JSON.stringify(details)];
}

/** Equal where nothing of an entry has changed, wherever in the list it stands. As a UUID has it. */
function digestOf(fields: readonly string[]): string {
  return hash('md5', fields.join('\t'));
}
