/** What sources find, with the values that stand for "unknown". */
import type { FoundRelease } from '../contract.ts';

const UNKNOWN = {
  locator: '',
  uploader: '',
  sizeBytes: 0,
  seeders: -1,
  addedAtS: 0,
  trackers: [],
  isPrivate: false,
  fileIndex: -1,
  filename: '',
  fileSizeBytes: 0,
  imdbId: '',
  tmdbId: '',
  isVouchedFor: false,
} as const satisfies Partial<FoundRelease>;

type Known = Pick<FoundRelease, 'name' | 'origin'> &
  Partial<Omit<FoundRelease, 'kind' | 'locator' | 'infohash'>>;

export function torrentRelease(known: Known & { readonly infohash: string }): FoundRelease {
  return { ...UNKNOWN, ...known, kind: 'torrent' };
}

export function httpRelease(known: Known & { readonly locator: string }): FoundRelease {
  return { ...UNKNOWN, ...known, kind: 'http', infohash: null };
}

export function usenetRelease(known: Known & { readonly locator: string }): FoundRelease {
  return { ...UNKNOWN, ...known, kind: 'usenet', infohash: null };
}
