/** Conditions of SQL that channels, films and series share: what is published, and who may see it. */
import type { ChannelRights } from './contract.ts';

/** Of `iptv_source s` and `iptv_provider p`. */
export const SHOWN =
  's.from_snapshot <= p.published_snapshot AND s.to_snapshot > p.published_snapshot';

/** Of `iptv_channel c`; $1 and $2 are the rights, as JSON: groups, and providers. */
export const MAY_SEE = `
($1::text IS NULL OR $1::text::jsonb ? coalesce(c.own_group, c.group_title)) AND EXISTS (
  SELECT FROM iptv_source s JOIN iptv_provider p USING (provider_id)
  WHERE s.channel_id = c.channel_id AND ${SHOWN} AND ($2::text IS NULL OR $2::text::jsonb @> to_jsonb(p.provider_id)))`;

/** The parameters of `MAY_SEE`. */
export function rightsOf({ groups, providers }: ChannelRights): [string | null, string | null] {
  return [
    groups === null ? null : JSON.stringify(groups),
    providers === null ? null : JSON.stringify(providers),
  ];
}
