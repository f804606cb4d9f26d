/** SQL of films and series as viewers see them. */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import type { VodKind } from '../../../lib/iptv/vod-facts.ts';
import type { TitleId } from '../../../lib/stremio/media-id.ts';
import type { Database } from '../../../platform/db/database.ts';
import type { AccountSeals, SealedAddresses } from '../accounts/account-seals.ts';
import type { ChannelGroup, ChannelRights } from '../contract.ts';
import { MAY_SEE, SHOWN, rightsOf } from '../shown-rows.ts';
import type { VodEpisode, VodLibrary, VodPart, VodQuery, VodSource, VodTitle } from './contract.ts';

const SAID = (id: string, provider: 'imdb' | 'tmdb', said: string) => `
coalesce((
  SELECT x.external_id FROM media_external_id x WHERE x.media_id = c.media_id AND x.provider = '${provider}' AND x.position = 0
), ${said}) AS "${id}"`;
const COLUMNS = `
c.public_id AS id, c.channel_id::float8 AS serial, c.kind, coalesce(c.own_name, c.name) AS name, c.year,
coalesce(c.own_group, c.group_title) AS "group", coalesce(c.own_logo, c.logo) AS poster, c.container, c.details,
${SAID('imdbId', 'imdb', `CASE WHEN c.external_id LIKE 'tt%' THEN c.external_id ELSE '' END`)},
${SAID('tmdbId', 'tmdb', `CASE WHEN c.external_id LIKE 'tmdb:%' THEN substr(c.external_id, 6) ELSE '' END`)}`;
const SEEN = `c.kind <> 'live' AND NOT c.is_hidden AND ${MAY_SEE}`;
const TITLES = `
SELECT ${COLUMNS} FROM iptv_channel c
WHERE c.kind = $3 AND c.channel_id > $4::bigint AND ${SEEN}
  AND ($5::text IS NULL OR coalesce(c.own_group, c.group_title) = $5)
  AND ($6 = '' OR strpos(lower(coalesce(c.own_name, c.name)), lower($6)) > 0)
ORDER BY c.channel_id LIMIT $7 OFFSET $8`;
const GROUPS = `
SELECT coalesce(c.own_group, c.group_title) AS title, count(*)::int AS channels FROM iptv_channel c
WHERE c.kind = $3 AND ${SEEN} GROUP BY 1 ORDER BY lower(coalesce(c.own_group, c.group_title)), 1 LIMIT 1000`;
const TITLE = `SELECT ${COLUMNS} FROM iptv_channel c WHERE c.public_id = $3 AND ${SEEN}`;
const BY_SERIAL = `SELECT ${COLUMNS} FROM iptv_channel c WHERE c.channel_id = $3::bigint AND ${SEEN}`;
const OF_TITLE = `
SELECT ${COLUMNS} FROM iptv_channel c
WHERE (c.media_id = $3::bigint OR ($4 <> '' AND c.external_id = $4)) AND c.kind = $5 AND ${SEEN} ORDER BY c.channel_id LIMIT 50`;

/** Entries of lists, and what a provider tells of a series by itself. $1 the title, $2 the providers that may be seen. */
const PLAYED = `
SELECT p.priority, p.provider_id, p.name AS provider, s.position, s.season, s.episode, s.url, s.container, s.quality,
  s.user_agent, s.referrer, p.account_sealed, s.details, coalesce(nullif(s.label, ''), s.name) AS name
FROM iptv_source s JOIN iptv_provider p USING (provider_id)
WHERE s.channel_id = $1::bigint AND ${SHOWN} AND s.series_ref = ''
  AND ($2::text IS NULL OR $2::text::jsonb @> to_jsonb(p.provider_id))
UNION ALL
SELECT p.priority, p.provider_id, p.name, s.position, f.season, f.episode, f.url, f.container, s.quality,
  s.user_agent, s.referrer, p.account_sealed, f.details, f.name
FROM iptv_source s JOIN iptv_provider p USING (provider_id) JOIN iptv_fetched_episode f USING (provider_id, series_ref)
WHERE s.channel_id = $1::bigint AND ${SHOWN} AND s.series_ref <> ''
  AND ($2::text IS NULL OR $2::text::jsonb @> to_jsonb(p.provider_id))`;
const FIRST_EPISODES = `
SELECT DISTINCT ON (season, episode) * FROM (${PLAYED}) e WHERE season >= 0 AND episode >= 0
ORDER BY season, episode, priority, quality DESC, provider_id, position`;
const NUMBER_EPISODES = `
INSERT INTO iptv_episode (channel_id, season, episode)
SELECT $1::bigint, season, episode FROM (${FIRST_EPISODES}) e
WHERE NOT EXISTS (
  SELECT FROM iptv_episode n WHERE (n.channel_id, n.season, n.episode) = ($1::bigint, e.season, e.episode)
)
ORDER BY season, episode ON CONFLICT DO NOTHING`;
const EPISODES = `
SELECT coalesce(n.episode_id, 0) AS number, e.season, e.episode, e.name, e.container, e.details
FROM (${FIRST_EPISODES}) e
LEFT JOIN iptv_episode n ON (n.channel_id, n.season, n.episode) = ($1::bigint, e.season, e.episode)
ORDER BY e.season, e.episode LIMIT 20000`;
const EPISODE_BY_NUMBER = `
SELECT channel_id::float8 AS serial, season, episode FROM iptv_episode WHERE episode_id = $1`;
const SOURCES = `
SELECT provider, provider_id AS "providerId", name, url, quality, container, user_agent AS "userAgent", referrer,
  account_sealed AS "accountSealed"
FROM (${PLAYED}) e WHERE season = $3 AND episode = $4
ORDER BY priority, quality DESC, provider_id, position LIMIT 50`;

export class VodStore implements VodLibrary {
  readonly #database: Database;
  readonly #seals: Pick<AccountSeals, 'filled'>;

  constructor(database: Database, seals: Pick<AccountSeals, 'filled'>) {
    this.#database = database;
    this.#seals = seals;
  }

  titles(query: VodQuery, signal: CancelSignal): Promise<readonly VodTitle[]> {
    const { kind, afterSerial, group, search, limit, skip } = query;
    const parameters = [...rightsOf(query), kind, afterSerial, group, search, limit, skip];
    return this.#read('iptv.vod', TITLES, parameters, signal);
  }

  groups(
    kind: VodKind,
    rights: ChannelRights,
    signal: CancelSignal,
  ): Promise<readonly ChannelGroup[]> {
    return this.#database.read<ChannelGroup[]>(
      { name: 'iptv.vod-groups', lane: 'page', signal },
      (sql) => sql.unsafe(GROUPS, [...rightsOf(rights), kind]),
    );
  }

  async title(id: string, rights: ChannelRights, signal: CancelSignal): Promise<VodTitle | null> {
    const rows = await this.#read('iptv.vod-title', TITLE, [...rightsOf(rights), id], signal);
    return rows[0] ?? null;
  }

  async titleBySerial(
    serial: number,
    rights: ChannelRights,
    signal: CancelSignal,
  ): Promise<VodTitle | null> {
    const parameters = [...rightsOf(rights), serial];
    const rows = await this.#read('iptv.vod-by-serial', BY_SERIAL, parameters, signal);
    return rows[0] ?? null;
  }

  ofTitle(
    mediaId: number | null,
    { type, id }: TitleId,
    rights: ChannelRights,
    signal: CancelSignal,
  ): Promise<readonly VodTitle[]> {
    const parameters = [...rightsOf(rights), mediaId, /^(?:tt|tmdb:)/.test(id) ? id : '', type];
    return this.#read('iptv.vod-of-title', OF_TITLE, parameters, signal);
  }

  async episodes(
    serial: number,
    rights: ChannelRights,
    signal: CancelSignal,
  ): Promise<readonly VodEpisode[]> {
    const [, providers] = rightsOf(rights);
    const read = () =>
      this.#database.read<VodEpisode[]>({ name: 'iptv.episodes', lane: 'page', signal }, (sql) =>
        sql.unsafe(EPISODES, [serial, providers]),
      );
    const known = await read();
    if (known.every(({ number }) => number > 0)) return known;
    await this.#database.write({ name: 'iptv.number-episodes', lane: 'rest', signal }, (sql) =>
      sql.unsafe(NUMBER_EPISODES, [serial, providers]),
    );
    // A replica may be behind: episodes without a number cannot be asked for.
    return (await read()).filter(({ number }) => number > 0);
  }

  async episodeByNumber(
    number: number,
    signal: CancelSignal,
  ): Promise<(VodPart & { readonly serial: number }) | null> {
    const rows = await this.#database.read<(VodPart & { readonly serial: number })[]>(
      { name: 'iptv.episode-by-number', lane: 'hot', signal },
      (sql) => sql.unsafe(EPISODE_BY_NUMBER, [number]),
    );
    return rows[0] ?? null;
  }

  async sources(
    serial: number,
    { season, episode }: VodPart,
    rights: ChannelRights,
    signal: CancelSignal,
  ): Promise<readonly VodSource[]> {
    const [, providers] = rightsOf(rights);
    const rows = await this.#database.read<(VodSource & SealedAddresses)[]>(
      { name: 'iptv.vod-sources', lane: 'page', signal },
      (sql) => sql.unsafe(SOURCES, [serial, providers, season, episode]),
    );
    return rows.map((row) => this.#seals.filled(row));
  }

  #read(
    name: string,
    statement: string,
    parameters: (string | number | null)[],
    signal: CancelSignal,
  ): Promise<readonly VodTitle[]> {
    return this.#database.read<VodTitle[]>({ name, lane: 'page', signal }, (sql) =>
      sql.unsafe(statement, parameters),
    );
  }
}
