/** What is watched: a channel that goes through the server, 20,000 in a list, and a week of guide for 2,000 of them. */
import type { Sql } from 'postgres';

export const LIST_CHANNELS = 20_000;
export const GUIDE_CHANNELS = 2000;
const DAYS = 7;
const MINUTES = 45;

export interface Television {
  readonly channelPath: string;
  readonly listPath: string;
  readonly guidePath: string;
}

export async function addTelevision(
  sql: Sql,
  port: number,
  key: string,
  streamUrl: string,
): Promise<Television> {
  await addChannels(sql, streamUrl);
  await addGuide(sql);
  const everything = await addViewer(port, key, { name: 'everything' });
  const some = await addViewer(port, key, { name: 'guide', groups: ['Guided'] });
  const [first] = await sql<{ id: string }[]>`
    SELECT public_id AS id FROM iptv_channel WHERE merge_key = 'channel 1'`;
  return {
    channelPath: `${everything}/live/${first?.id}`,
    listPath: `${everything}/playlist.m3u`,
    guidePath: `${some}/guide.xml`,
  };
}

async function addChannels(sql: Sql, streamUrl: string): Promise<void> {
  await sql`TRUNCATE iptv_provider, iptv_channel, iptv_viewer, guide CASCADE`;
  await sql`
    INSERT INTO iptv_provider (name, kind, address_sealed, mode, published_snapshot, last_snapshot)
    VALUES ('perf', 'm3u', ''::bytea, 'proxy', 1, 1)`;
  await sql`
    INSERT INTO iptv_channel (merge_key, name, group_title, tvg_id, logo)
    SELECT 'channel ' || n, 'Channel ' || n, CASE WHEN n <= ${GUIDE_CHANNELS} THEN 'Guided' ELSE 'Group ' || n % 50 END,
      'channel' || n || '.test', 'http://logos.example/' || n || '.png'
    FROM generate_series(1, ${LIST_CHANNELS}) n`;
  await sql`
    INSERT INTO iptv_source (provider_id, from_snapshot, channel_id, position, digest, merge_key, name, url)
    SELECT p.provider_id, 1, c.channel_id, c.channel_id::int, gen_random_uuid(), c.merge_key, c.name, ${streamUrl}
    FROM iptv_channel c, iptv_provider p`;
}

async function addGuide(sql: Sql): Promise<void> {
  await sql`INSERT INTO guide (name) VALUES ('perf')`;
  await sql`INSERT INTO guide_load (guide_id, is_current) SELECT guide_id, true FROM guide`;
  await sql`
    INSERT INTO guide_channel (load_id, channel, xmltv_id, name, icon_url)
    SELECT load_id, n, 'channel' || n || '.test', 'Channel ' || n, '' FROM guide_load, generate_series(1, ${GUIDE_CHANNELS}) n`;
  await sql`
    INSERT INTO guided_channel (channel_id, matched_name, matched_tvg_id, guide_id, xmltv_id, score)
    SELECT c.channel_id, c.name, c.tvg_id, g.guide_id, c.tvg_id, 1 FROM iptv_channel c, guide g WHERE c.group_title = 'Guided'`;
  await sql`
    INSERT INTO guide_programme (start_at, stop_at, load_id, channel, year, flags, title, subtitle, description, lang, icon_url,
      onscreen, rating, categories)
    SELECT at, at + make_interval(mins => ${MINUTES}), l.load_id, n, 2020, 0, 'Programme ' || n, 'Part of it', repeat('What it is about. ', 10),
      'en', '', '', '', ARRAY['News']
    FROM guide_load l, generate_series(1, ${GUIDE_CHANNELS}) n,
      generate_series(date_trunc('hour', now()), now() + make_interval(days => ${DAYS}), make_interval(mins => ${MINUTES})) at`;
  await sql`ANALYZE`;
}

/** What the viewer's addresses begin with, without the host. */
async function addViewer(port: number, key: string, said: object): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/api/v1/iptv/viewers`, {
    method: 'POST',
    headers: { 'x-api-key': key },
    body: JSON.stringify(said),
  });
  const { m3u = '' } = (await response.json()) as { readonly m3u?: string };
  return new URL(m3u).pathname.replace('/playlist.m3u', '');
}
