/** Every provider of sources with the fake server that it asks, opened the same way for all of them. */
import { addonSource } from '../../src/features/sources/providers/addon.ts';
import { newznabSource } from '../../src/features/sources/providers/newznab.ts';
import { jackettSource } from '../../src/features/sources/providers/jackett.ts';
import { peerSource } from '../../src/features/sources/providers/peer.ts';
import { prowlarrSource } from '../../src/features/sources/providers/prowlarr.ts';
import { torznabSource } from '../../src/features/sources/providers/torznab.ts';
import { zileanSource } from '../../src/features/sources/providers/zilean.ts';
import type { SearchSubject } from '../../src/features/sources/contract.ts';
import type { Source } from '../../src/features/sources/source.ts';
import type { Upstreams } from '../../src/platform/upstream/upstream.ts';
import { startAddon } from './upstreams/addon.ts';
import type { FakeUpstream, Script } from './upstreams/fake-upstream.ts';
import { workByImdb, type FakeRelease, type FakeWork } from './upstreams/works.ts';
import { startJackett } from './upstreams/jackett.ts';
import { startPeer } from './upstreams/peer.ts';
import { startProwlarr } from './upstreams/prowlarr.ts';
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
  /** Of a user, who names a server that only the operator may name. */
  readonly isPersonal?: boolean;
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

const common = (isPersonal = false) => ({ isPersonal, proxyUrl: null }) as const;
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

function addonKit(kind: 'addon' | 'torrentio'): SourceKit {
  return {
    name: kind,
    concurrencyMax: 4,
    hasKey: kind === 'addon',
    nameOf: ({ name }) => name,
    open: async (upstreams, { script, hasBadItems, hasWrongKey, url, isPersonal }) => {
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
        source: addonSource(
          { ...common(isPersonal), kind, id: kind, name: 'Some', url: address },
          upstreams,
        ),
      };
    },
  };
}

const zileanKit: SourceKit = {
  name: 'zilean',
  concurrencyMax: 4,
  hasKey: false,
  nameOf: ({ name }) => name,
  open: async (upstreams, { script, hasBadItems, url, isPersonal }) => {
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
      ...common(isPersonal),
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
    open: async (upstreams, { script, hasBadItems, hasWrongKey, url, isPersonal }) => {
      const upstream = await startTorznab({
        apiKey: CANARY,
        isUsenet: kind === 'newznab',
        hashIn,
        ...(script !== undefined && { script }),
        ...(hasBadItems === true && { extraItems: BAD_ITEMS }),
      });
      const settings = {
        ...common(isPersonal),
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

/** Calls for the list, and those of each of its two indexers. */
const MANAGER_CONCURRENCY_MAX = 12;

const prowlarrKit: SourceKit = {
  name: 'prowlarr',
  concurrencyMax: MANAGER_CONCURRENCY_MAX,
  hasKey: true,
  nameOf: ({ name }) => name,
  open: async (upstreams, { script, hasBadItems, hasWrongKey, url, isPersonal }) => {
    const extra = hasBadItems === true && { extraItems: BAD_ITEMS };
    const upstream = await startProwlarr({
      apiKey: CANARY,
      indexers: [
        { id: 1, name: 'One', ...extra },
        { id: 2, name: 'Two', privacy: 'private', byImdb: false, ...extra },
      ],
      ...(script !== undefined && { script }),
    });
    const settings = managerSettings('prowlarr', url ?? upstream.url, hasWrongKey, isPersonal);
    return { upstream, source: prowlarrSource(settings, upstreams) };
  },
};

const jackettKit: SourceKit = {
  name: 'jackett',
  concurrencyMax: MANAGER_CONCURRENCY_MAX,
  hasKey: true,
  nameOf: ({ name }) => name,
  open: async (upstreams, { script, hasBadItems, hasWrongKey, url, isPersonal }) => {
    const extra = hasBadItems === true && { extraItems: BAD_ITEMS };
    const upstream = await startJackett({
      apiKey: CANARY,
      indexers: [
        { id: 'one', name: 'One', ...extra },
        { id: 'two', name: 'Two', hashIn: 'magnet', ...extra },
        { id: 'unused', name: 'Unused', isConfigured: false },
      ],
      ...(script !== undefined && { script }),
    });
    const settings = managerSettings('jackett', url ?? upstream.url, hasWrongKey, isPersonal);
    return { upstream, source: jackettSource(settings, upstreams) };
  },
};

function managerSettings<K extends 'prowlarr' | 'jackett'>(
  kind: K,
  url: string,
  hasWrongKey = false,
  isPersonal = false,
) {
  const apiKey = `${CANARY}${hasWrongKey ? '-wrong' : ''}`;
  return { ...common(isPersonal), kind, id: kind, name: 'Manager', url, apiKey } as const;
}

/** @param torznab what it has of a Torznab output; without one its stream list is read, which shows names of files alone */
function peerKit(torznab: 'open' | 'off' | 'absent'): SourceKit {
  return {
    name: `peer, torznab ${torznab}`,
    concurrencyMax: 8,
    hasKey: false,
    nameOf: ({ name, filename }) => (torznab === 'open' ? name : filename),
    open: async (upstreams, { script, hasBadItems, url, isPersonal }) => {
      const upstream = await startPeer({
        torznab,
        settings: `D-${CANARY}`,
        ...(script !== undefined && { script }),
        ...(hasBadItems === true && { extraStreams: BAD_STREAMS, extraItems: BAD_ITEMS }),
      });
      const address = `${url ?? upstream.url}/D-${CANARY}`;
      const kind = 'mediafusion';
      const settings = {
        ...common(isPersonal),
        kind,
        id: kind,
        name: 'Peer',
        url: address,
      } as const;
      return { upstream, source: peerSource(settings, upstreams) };
    },
  };
}

export const SOURCE_KITS: readonly SourceKit[] = [
  indexerKit('torznab'),
  indexerKit('torznab', 'magnet'),
  indexerKit('newznab'),
  addonKit('addon'),
  addonKit('torrentio'),
  zileanKit,
  prowlarrKit,
  jackettKit,
  peerKit('open'),
  peerKit('off'),
  peerKit('absent'),
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
