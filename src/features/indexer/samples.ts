/** What an instance without any torrent offers: free films, so that clients accept it as an indexer. */
import { MOVIES, SERIES } from '../../lib/torznab/categories.ts';
import type { OfferedTorrent } from '../../lib/torznab/write-feed.ts';

const TRACKERS = ['udp://tracker.opentrackr.org:1337', 'wss://tracker.openwebtorrent.com'];
const COMMON = { trackers: TRACKERS, seeders: -1, season: null, episode: null } as const;

export const SAMPLES: readonly OfferedTorrent[] = [
  {
    ...COMMON,
    title: 'Big Buck Bunny 2008 1080p',
    infohash: 'dd8255ecdc7ca55fb0bbf81323d87062db1f6d1c',
    sizeBytes: 276_445_467,
    publishedAtS: Date.UTC(2008, 4, 20) / 1000,
    categories: [MOVIES, 2040],
    imdbId: 'tt1254207',
    tmdbId: '10378',
  },
  {
    ...COMMON,
    title: 'Cosmos Laundromat S01E01 2015 1080p',
    infohash: 'c9e15763f722f23e98a29decdfae341b98d53056',
    sizeBytes: 220_087_570,
    publishedAtS: Date.UTC(2015, 7, 10) / 1000,
    categories: [SERIES, 5040],
    imdbId: 'tt4957236',
    tmdbId: '',
    season: 1,
    episode: 1,
  },
];
