/** Flags that follow from other facts, or from words that the library does not read. */
import type { ReleaseFlag } from './release-title.ts';
import type { Text } from './text.ts';

const POOR_QUALITIES: ReadonlySet<string> = new Set([
  'CAM',
  'TeleSync',
  'TeleCine',
  'SCR',
  'WORKPRINT',
]);

/** Groups that release by the rules of the scene and say so nowhere. */
const SCENE_GROUPS: ReadonlySet<string> = new Set([
  'b0mbardiers',
  'b2b',
  'bae',
  'cakes',
  'dirt',
  'edith',
  'eleanor',
  'ethel',
  'ftp',
  'ggez',
  'ggwp',
  'glhf',
  'gossip',
  'kogi',
  'naisu',
  'nhtfs',
  'peculate',
  'slot',
  'spamneggs',
  'successfulcrab',
  'surcode',
  'syncopy',
]);

const ADULT = 'X'.repeat(3);
/** Before it there is a name; at the front it is one. */
const ADULT_AT_MIN = 3;

/** Releases that are wrapped in the adverts of a site. */
const ADVERTS: readonly string[] = ['acesse o original', '影视之家发布', '剧集网发布', '字幕社】'];

export function flagsOf(
  { title, lower }: Text,
  found: Set<ReleaseFlag>,
  { quality, group }: { readonly quality: string | undefined; readonly group: string | undefined },
): Set<ReleaseFlag> {
  const isPoor = quality !== undefined && POOR_QUALITIES.has(quality);
  const maybePoor = lower.includes('hq') || lower.includes('cam');
  if (isPoor || (maybePoor && /\bhq[ .-](?:new[ .])?(?:hdrip|cam)|hd-?cam\b/.test(lower)))
    found.add('trash');
  if (ADVERTS.some((advert) => lower.includes(advert))) found.add('trash');
  const isScene = group !== undefined && SCENE_GROUPS.has(group.toLowerCase());
  if (isScene || (quality === 'WEB' && /\d{3,4}p[._ ]web[._ ](?!dl|rip)/.test(lower)))
    found.add('scene');
  if (lower.includes('remaster') || lower.includes('rekonstrukcja')) found.add('remastered');
  const adultAt = title.indexOf(ADULT);
  if (adultAt >= ADULT_AT_MIN && /^\W?$/.test(title.charAt(adultAt + ADULT.length)))
    found.add('adult');
  if (found.has('repack') || (title.includes('REAL') && /[. ]REAL[. ]/.test(title)))
    found.add('proper');
  if (title.includes('DOKU') || title.includes('DOCU')) found.add('documentary');
  return found;
}
