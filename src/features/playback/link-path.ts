/** The paths of playback links: what they hold is read strictly, for players send them as they got them. */
import { AppError } from '../../lib/errors.ts';
import { readNzbRef } from '../../lib/install-token/nzb-link.ts';
import { isPlaybackToken } from '../../lib/install-token/playback-token.ts';
import { contentKeyOf } from '../../lib/stream/content-key.ts';
import { parseInfohash } from '../../lib/torrent/infohash.ts';
import type { LinkedFile } from './wanted.ts';

const NUMBER = /^\d{1,5}$/;
const SEASON_MAX = 9999;
const FILENAME_CHARS_MAX = 500;

/** Path parameters as sent, percent-encoded. */
export interface LinkPath {
  /** Or what stands for a Usenet post (`nzb-link.ts`). */
  readonly infohash: string;
  readonly season?: string | undefined;
  readonly episode?: string | undefined;
  readonly filename?: string | undefined;
}

/**
 * @param digest signs links to Usenet posts
 * @throws AppError `playback.bad-link`, `request.bad-path`
 */
export function linkedFile(
  { infohash, season, episode, filename = '' }: LinkPath,
  digest: (text: string) => string,
): LinkedFile {
  return {
    ...contentOf(infohash, digest),
    season: season === undefined ? null : numberOf(season, 'season', SEASON_MAX),
    episode: episode === undefined ? 0 : numberOf(episode, 'episode'),
    filename: decoded(filename),
  };
}

function contentOf(
  text: string,
  digest: (text: string) => string,
): Pick<LinkedFile, 'infohash' | 'nzb'> {
  const nzb = readNzbRef(text, digest);
  if (nzb !== null) return { infohash: contentKeyOf(nzb.locator), nzb };
  const infohash = parseInfohash(text);
  if (infohash === null)
    throw badLink('infohash', 'expected the 40 hexadecimal digits of an infohash');
  return { infohash, nzb: null };
}

/** @throws AppError `playback.bad-link` */
export function linkToken(text: string): string {
  if (isPlaybackToken(text)) return text;
  throw badLink('token', 'expected the 22 characters of a playback token');
}

function numberOf(text: string, field: string, max = Number.POSITIVE_INFINITY): number {
  const number = Number(text);
  if (NUMBER.test(text) && number <= max) return number;
  throw badLink(field, `expected the number of a ${field}`);
}

/** A name alone: whatever stands for a folder is none of it. */
function decoded(filename: string): string {
  try {
    const text = decodeURIComponent(filename);
    return text.slice(text.lastIndexOf('/') + 1, text.length).slice(0, FILENAME_CHARS_MAX);
  } catch {
    throw new AppError('request.bad-path', 'The file name is not valid percent-encoded UTF-8', {
      field: 'filename',
    });
  }
}

function badLink(field: string, message: string): AppError {
  return new AppError('playback.bad-link', message, { field });
}
