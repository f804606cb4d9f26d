/** Every provider of sources with the fake server that it asks, opened the same way for all of them. */
import { addonSource } from '../../src/features/sources/providers/addon.ts';
import { newznabSource } from '../../src/features/sources/providers/newznab.ts';
import { torznabSource } from '../../src/features/sources/providers/torznab.ts';
import { zileanSource } from '../../src/features/sources/providers/zilean.ts';
import type { SearchSubject } from '../../src/features/sources/contract.ts';
import type { Source } from '../../src/features/sources/source.ts';
import type { Upstreams } from '../../src/platform/upstream/upstream.ts';
import { startAddon } from './upstreams/addon.ts';
import type { FakeUpstream, Script } from './upstreams/fake-upstream.ts';
import { workByImdb, type FakeRelease, type FakeWork } from './upstreams/works.ts';
import { startTorznab } from './upstreams/torznab.ts';
import { startZilean } from './upstreams/zilean.ts';

/** Part of every address and key that a kit uses: it must be found nowhere else. */
export const CANARY = 'canary7f3a9';

export interface KitOptions {
  readonly script?: Script;
  /** Items that cannot be read stand before the good ones. */
  readonly hasBadItems?: boolean;
  /** The key, or the address's settings, are not those that the server knows. */
  readonly hasWrongKey?: boolean;
  /** Nothing listens at this address, when it is given. */
  readonly url?: string;
}

export interface OpenKit {
  readonly upstream: FakeUpstream;
  readonly source: Source;
}

export interface SourceKit {
  readonly name: string;
  /** Calls that a source of this kind may have under way at a time. */
  readonly concurrencyMax: number;
  /** Whether the server knows keys at all. */
  readonly hasKey: boolean;
  /** The name under which it finds a release. */
  nameOf(release: FakeRelease): string;
  open(upstreams: Upstreams, options: KitOptions): Promise<OpenKit>;
}

const COMMON = { isPersonal: false, proxyUrl: null } as const;
const BAD_HASH = 'not a hash';
const GOOD_HASH = 'b'.repeat(40);

const BAD_STREAMS = [
  null,
  'text',
  [],
  { name: 'Some', title: 'No hash' },
  { name: 'Some', title: 7, infoHash: GOOD_HASH, fileIdx: 'x' },
  { name: 'Some', title: 'Bad hash', infoHash: BAD_HASH },
  { name: '⚠️ Some', title: 'error', url: 'https://video.invalid/error.mp4' },
];

function addonKit(kind: 'addon' | 'torrentio' | 'mediafusion'): SourceKit {
  return {
    name: kind,
    concurrencyMax: 4,
    hasKey: kind === 'addon',
    // MediaFusion shows no name of the torrent.
    nameOf: ({ name, filename }) => (kind === 'mediafusion' ? filename : name),
    open: async (upstreams, { script, hasBadItems, hasWrongKey, url }) => {
      const upstream = await startAddon({
        settings: `key=${CANARY}`,
        style: kind === 'addon' ? 'comet' : kind,
        ...(script !== undefined && { script }),
        ...(hasBadItems === true && { extraStreams: BAD_STREAMS }),
      });
      const settings = `key=${CANARY}${hasWrongKey === true ? '-wrong' : ''}`;
      const address = `${url ?? upstream.url}/${settings}/manifest.json`;
      return {
        upstream,
        source: addonSource({ ...COMMON, kind, id: kind, name: 'Some', url: address }, upstreams),
      };
    },
  };
}

const zileanKit: SourceKit = {
  name: 'zilean',
  concurrencyMax: 4,
  hasKey: false,
  nameOf: ({ name }) => name,
  open: async (upstreams, { script, hasBadItems, url }) => {
    const extraEntries = [
      null,
      7,
      { raw_title: 'No hash', info_hash: null },
      { raw_title: ['x'], info_hash: GOOD_HASH },
      { raw_title: 'Bad hash', info_hash: BAD_HASH, size: -1 },
    ];
    const upstream = await startZilean({
      ...(script !== undefined && { script }),
      ...(hasBadItems === true && { extraEntries }),
    });
    const address = (url ?? upstream.url).replace('//', `//user:${CANARY}@`);
    const settings = {
      ...COMMON,
      kind: 'zilean',
      id: 'zilean',
      name: 'Zilean',
      url: address,
    } as const;
    return { upstream, source: zileanSource(settings, upstreams) };
  },
};

const BAD_ITEMS = [
  '<item></item>',
  '<item><title>No hash</title><size>0x1F</size></item>',
  '<item><title>Bad hash</title><torznab:attr name="infohash" value="not a hash"/></item>',
  '<item><title><![CDATA[Never closed</title></item>',
  '<item><title>Tags & <b>disorder</title></b></item>',
].join('');

/** @param hashIn where its items have the hash */
function indexerKit(
  kind: 'torznab' | 'newznab',
  hashIn: 'attribute' | 'magnet' = 'attribute',
): SourceKit {
  return {
    name: kind === 'newznab' ? kind : `${kind}, hash in ${hashIn}`,
    concurrencyMax: 4,
    hasKey: true,
    nameOf: ({ name }) => name,
    open: async (upstreams, { script, hasBadItems, hasWrongKey, url }) => {
      const upstream = await startTorznab({
        apiKey: CANARY,
        isUsenet: kind === 'newznab',
        hashIn,
        ...(script !== undefined && { script }),
        ...(hasBadItems === true && { extraItems: BAD_ITEMS }),
      });
      const settings = {
        ...COMMON,
        kind,
        id: kind,
        name: 'Some',
        url: `${url ?? upstream.url}/api`,
        apiKey: `${CANARY}${hasWrongKey === true ? '-wrong' : ''}`,
        headers: { 'x-secret': CANARY },
        movieCategories: null,
        seriesCategories: null,
      } as const;
      const source = kind === 'torznab' ? torznabSource : newznabSource;
      return { upstream, source: source(settings, upstreams) };
    },
  };
}

export const SOURCE_KITS: readonly SourceKit[] = [
  indexerKit('torznab'),
  indexerKit('torznab', 'magnet'),
  indexerKit('newznab'),
  addonKit('addon'),
  addonKit('torrentio'),
  addonKit('mediafusion'),
  zileanKit,
];

/** What is searched for when the work is to be played. */
export function subjectOf(imdbId: string, season = 0, episode = 0): SearchSubject {
  const work = workByImdb(imdbId) ?? UNKNOWN_WORK;
  return {
    mediaId: 1,
    type: work.type,
    imdbId,
    tmdbId: String(work.tmdbId || ''),
    tvdbId: '',
    names: [work.name, ...work.alternativeNames],
    year: work.year,
    endYear: 0,
    isAnime: false,
    released: work.released,
    episodes: work.episodes.map((one) => ({ ...one, absolute: 0 })),
    season,
    episode,
  };
}

/** Nobody has anything of it. */
const UNKNOWN_WORK: FakeWork = {
  type: 'movie',
  imdbId: 'tt9999999',
  tmdbId: 0,
  name: 'A Film That Nobody Made',
  alternativeNames: [],
  year: 1999,
  released: '1999-01-01',
  genre: 'Drama',
  description: '',
  episodes: [],
  releases: [],
};
