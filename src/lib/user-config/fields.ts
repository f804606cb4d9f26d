/** Every field of a user's configuration: keys, long aliases, accepted values, defaults. */
import { STREAMS_MAX } from '../ranking/settings.ts';
import { SERVICES } from './services.ts';
import {
  amount,
  choice,
  fields,
  flag,
  kept,
  lines,
  list,
  object,
  record,
  secret,
  serverUrl,
  size,
  text,
  url,
  whole,
  type Fields,
  type Shape,
} from './schema.ts';
import {
  AUDIO_NAMES,
  CATALOG_SORTS,
  CERTIFICATE_NAMES,
  CHANNEL_NAMES,
  CODEC_NAMES,
  HDR_ALIASES,
  HDR_NAMES,
  LANGUAGE_NAMES,
  NUDITY_NAMES,
  QUALITY_GROUPS,
  RESOLUTION_NAMES,
  SORT_KEYS,
  STREAM_TYPE_NAMES,
  allValues,
  type NameMap,
} from './vocabulary.ts';

/** Limits that the page shows, too. */
export const LIMITS = {
  providersMax: 5,
  patternsMax: 10,
  patternCharsMax: 120,
  templateCharsMax: 10_000,
  streamsMax: STREAMS_MAX,
  nameSuffixCharsMax: 40,
} as const;

const NAME_CHARS = 100;
const KEY_CHARS = 512;
const PATH_CHARS = 512;
const INSTANCES_MAX = 20;
/** A list may name a value twice; what is more is a mistake. */
const LIST_MAX = 100;

function choices(
  names: readonly NameMap<string>[],
  aliases: Readonly<Record<string, string>> = {},
): Shape {
  return list(choice(allValues(names), aliases), LIST_MAX);
}

const webDav = [
  ['wur', 'webdav_url', url],
  ['wus', 'webdav_username', text(NAME_CHARS)],
  ['wpw', 'webdav_password', secret(KEY_CHARS)],
] as const;

const qbittorrent = object([
  ['qur', 'qbittorrent_url', url],
  ['qus', 'qbittorrent_username', text(NAME_CHARS)],
  ['qpw', 'qbittorrent_password', secret(KEY_CHARS)],
  ...webDav,
  ['wdp', 'webdav_downloads_path', text(PATH_CHARS), { fallback: '/' }],
  ['wep', 'webdav_extra_paths', list(text(PATH_CHARS), INSTANCES_MAX)],
  ['pva', 'play_video_after', amount(0, 100), { fallback: 100 }],
  ['stl', 'seeding_time_limit', amount(0, 10_000_000), { fallback: 1440 }],
  ['srl', 'seeding_ratio_limit', amount(0, 10_000), { fallback: 1 }],
  ['cat', 'category', text(NAME_CHARS)],
]);

const newsClient = object([
  ['u', 'url', url],
  ['ak', 'api_key', secret(KEY_CHARS)],
  ['un', 'username', text(NAME_CHARS)],
  ['pw', 'password', secret(KEY_CHARS)],
  ['cat', 'category', text(NAME_CHARS)],
  ...webDav,
]);

const provider = object([
  ['n', 'name', text(NAME_CHARS)],
  ['sv', 'service', choice(SERVICES.map(({ service }) => service)), { required: true }],
  ['ewc', 'enable_watchlist_catalogs', flag, { fallback: true }],
  ['tk', 'token', secret(KEY_CHARS)],
  ['em', 'email', secret(254)],
  ['pw', 'password', secret(KEY_CHARS)],
  ['en', 'enabled', flag, { fallback: true }],
  ['pr', 'priority', whole(-1000, 1000), { fallback: 0 }],
  ['umf', 'use_mediaflow', flag, { fallback: true }],
  ['oscs', 'only_show_cached_streams', flag, { fallback: false }],
  ['eun', 'enable_usenet', flag, { fallback: false }],
  ['pne', 'prepare_next_episode', flag, { fallback: false }],
  ['pnd', 'prepare_by_download', flag, { fallback: false }],
  ['qbc', 'qbittorrent_config', qbittorrent],
  ['sbc', 'sabnzbd_config', newsClient],
  ['ngc', 'nzbget_config', newsClient],
  ['ndc', 'nzbdav_config', newsClient],
  ['enc', 'easynews_config', newsClient],
  ['u', 'url', serverUrl],
  ['stsn', 'stremthru_store_name', text(NAME_CHARS)],
]);

const keyOnly = object([['ak', 'api_key', secret(KEY_CHARS)]]);

const instance = object([
  ['u', 'url', url],
  ['ak', 'api_key', secret(KEY_CHARS)],
  ['ug', 'use_global', flag, { fallback: true }],
  ['en', 'enabled', flag, { fallback: false }],
]);

const indexers = object([
  ['pr', 'prowlarr', instance],
  ['jk', 'jackett', instance],
  [
    'tz',
    'torznab_endpoints',
    list(
      object([
        ['i', 'id', text(NAME_CHARS)],
        ['n', 'name', text(NAME_CHARS)],
        ['u', 'url', url, { required: true }],
        ['h', 'headers', record(secret(KEY_CHARS), INSTANCES_MAX)],
        ['en', 'enabled', flag, { fallback: true }],
        ['c', 'categories', list(whole(0, 1_000_000), LIST_MAX)],
        ['p', 'priority', whole(-1000, 1000), { fallback: 1 }],
      ]),
      INSTANCES_MAX,
    ),
  ],
  [
    'nz',
    'newznab_indexers',
    list(
      object([
        ['i', 'id', text(NAME_CHARS)],
        ['n', 'name', text(NAME_CHARS)],
        ['u', 'url', url, { required: true }],
        ['ak', 'api_key', secret(KEY_CHARS)],
        ['en', 'enabled', flag, { fallback: true }],
        ['p', 'priority', whole(-1000, 1000), { fallback: 1 }],
        ['mc', 'movie_categories', list(whole(0, 1_000_000), LIST_MAX)],
        ['tc', 'tv_categories', list(whole(0, 1_000_000), LIST_MAX)],
        ['uz', 'use_zyclops', kept],
        ['zb', 'zyclops_backbones', kept],
      ]),
      INSTANCES_MAX,
    ),
  ],
]);

const catalog = object([
  ['ci', 'catalog_id', text(NAME_CHARS), { required: true }],
  ['en', 'enabled', flag, { fallback: true }],
  ['s', 'sort', choice(CATALOG_SORTS)],
  ['o', 'order', choice(['asc', 'desc'])],
]);

const mdblist = object([
  ['ak', 'api_key', secret(KEY_CHARS)],
  [
    'l',
    'lists',
    list(
      object([
        ['i', 'id', kept],
        ['t', 'title', text(NAME_CHARS)],
        ['ct', 'catalog_type', text(NAME_CHARS)],
        ['uf', 'use_filters', flag],
        ['s', 'sort', text(NAME_CHARS)],
        ['o', 'order', choice(['asc', 'desc'])],
      ]),
      LIST_MAX,
    ),
  ],
]);

const mediaflow = object([
  ['pu', 'proxy_url', url],
  ['ap', 'api_password', secret(KEY_CHARS)],
  ['pls', 'proxy_live_streams', flag, { fallback: false }],
  ['ewp', 'enable_web_playback', flag, { fallback: false }],
]);

const DEFAULT_SORT = [
  'cached',
  'resolution',
  'quality',
  'language',
  'size',
  'seeders',
  'created_at',
];

/** Ours beside those of the reference: vcf, acf, chf, mes, mnes, mspt, ept, nm; of providers: pne, pnd. */
export const USER_CONFIG_FIELDS: Fields = fields([
  ['uid', 'user_id', kept],
  ['pid', 'profile_id', kept],
  ['ap', 'api_password', secret(KEY_CHARS)],
  ['sps', 'streaming_providers', list(provider, LIMITS.providersMax), { fallback: [] }],
  ['sp', 'streaming_provider', provider],
  ['ec', 'enable_catalogs', flag, { fallback: true }],
  ['eim', 'enable_imdb_metadata', flag, { fallback: false }],
  ['cc', 'catalog_configs', list(catalog, LIST_MAX), { fallback: [] }],
  ['sc', 'selected_catalogs', list(text(NAME_CHARS), LIST_MAX), { fallback: [] }],
  ['nf', 'nudity_filter', list(choice(NUDITY_NAMES), LIST_MAX), { fallback: ['Severe'] }],
  [
    'cf',
    'certification_filter',
    list(choice(CERTIFICATE_NAMES), LIST_MAX),
    { fallback: ['Adults+'] },
  ],
  [
    'sr',
    'selected_resolutions',
    choices(RESOLUTION_NAMES, { '4k': '2160p', '2k': '1440p', '1080i': '1080p' }),
    { fallback: allValues(RESOLUTION_NAMES) },
  ],
  ['qf', 'quality_filter', choices(QUALITY_GROUPS), { fallback: allValues(QUALITY_GROUPS) }],
  ['hf', 'hdr_filter', choices(HDR_NAMES, HDR_ALIASES), { fallback: allValues(HDR_NAMES) }],
  ['vcf', 'video_codec_filter', choices(CODEC_NAMES), { fallback: allValues(CODEC_NAMES) }],
  ['acf', 'audio_codec_filter', choices(AUDIO_NAMES), { fallback: allValues(AUDIO_NAMES) }],
  ['chf', 'channel_filter', choices(CHANNEL_NAMES), { fallback: allValues(CHANNEL_NAMES) }],
  ['ls', 'language_sorting', choices(LANGUAGE_NAMES), { fallback: allValues(LANGUAGE_NAMES) }],
  [
    'tsp',
    'torrent_sorting_priority',
    list(
      object([
        ['k', 'key', choice(SORT_KEYS), { required: true }],
        ['d', 'direction', choice(['asc', 'desc']), { fallback: 'desc' }],
      ]),
      SORT_KEYS.length,
    ),
    { fallback: DEFAULT_SORT.map((key) => ({ k: key })) },
  ],
  ['ms', 'max_size', size, { fallback: 'inf' }],
  ['mns', 'min_size', size, { fallback: 0 }],
  ['mes', 'max_episode_size', size],
  ['mnes', 'min_episode_size', size],
  ['mxs', 'max_streams', whole(1, LIMITS.streamsMax), { fallback: 25 }],
  ['mspr', 'max_streams_per_resolution', whole(0, LIMITS.streamsMax), { fallback: 10 }],
  ['mspt', 'max_streams_per_type', whole(0, LIMITS.streamsMax), { fallback: 0 }],
  ['stg', 'stream_type_grouping', choice(['separate', 'mixed']), { fallback: 'separate' }],
  [
    'sto',
    'stream_type_order',
    choices(STREAM_TYPE_NAMES),
    { fallback: allValues(STREAM_TYPE_NAMES) },
  ],
  ['pg', 'provider_grouping', choice(['separate', 'mixed']), { fallback: 'separate' }],
  ['ept', 'enable_p2p_torrents', flag, { fallback: true }],
  ['eus', 'enable_usenet_streams', flag, { fallback: true }],
  ['puot', 'prefer_usenet_over_torrent', flag, { fallback: false }],
  ['ets', 'enable_telegram_streams', flag, { fallback: false }],
  ['eas', 'enable_acestream_streams', flag, { fallback: false }],
  ['lss', 'live_search_streams', flag],
  ['mfc', 'mediaflow_config', mediaflow],
  ['ic', 'indexer_config', indexers],
  ['mdb', 'mdblist_config', mdblist],
  ['rpc', 'rpdb_config', keyOnly],
  ['tmdb', 'tmdb_config', keyOnly],
  ['tvdb', 'tvdb_config', keyOnly],
  ['tgc', 'telegram_config', kept],
  [
    'st',
    'stream_template',
    object([
      ['t', 'title', lines(LIMITS.templateCharsMax)],
      ['d', 'description', lines(LIMITS.templateCharsMax)],
    ]),
  ],
  [
    'snfm',
    'stream_name_filter_mode',
    choice(['disabled', 'include', 'exclude']),
    { fallback: 'disabled' },
  ],
  [
    'snfp',
    'stream_name_filter_patterns',
    list(text(LIMITS.patternCharsMax), LIMITS.patternsMax),
    { fallback: [] },
  ],
  ['snfr', 'stream_name_filter_use_regex', flag, { fallback: false }],
  ['cw', 'continue_watching', flag, { fallback: false }],
  ['nm', 'name_suffix', text(LIMITS.nameSuffixCharsMax)],
  ['ia', 'include_anime', kept],
  ['ed', 'enable_discover', kept],
]);
