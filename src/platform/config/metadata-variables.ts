/** Environment variables of metadata services; a part of the table in `variables.ts`. */
import { integer } from './parsers.ts';
import { addonUrl, apiKey, serverUrl } from './source-parsers.ts';
import type { Parser } from './parsers.ts';
import { optional, variable } from './variable.ts';

export const PUBLIC_CINEMETA = 'https://v3-cinemeta.strem.io';
const PUBLIC_ANIME_LIST =
  'https://raw.githubusercontent.com/Fribb/anime-lists/master/anime-list-mini.json';

/** What switches a service off that has an address of its own. */
export const NO_SERVICE = 'none';

function orNone(parser: Parser<string>): Parser<string> {
  return {
    expected: `${parser.expected}, or ${NO_SERVICE}`,
    parse: (raw) => (raw.toLowerCase() === NO_SERVICE ? NO_SERVICE : parser.parse(raw)),
  };
}

export const METADATA_VARIABLES = {
  CINEMETA_URL: variable({
    parser: optional(orNone(addonUrl(PUBLIC_CINEMETA))),
    fallback: null,
    fallbackText: `\`${PUBLIC_CINEMETA}\` where there is a source, else none`,
    mask: 'origins',
    effect:
      'Add-on that knows titles by their IMDb ids, Cinemeta or one like it: titles that are not here yet are made of what it ' +
      'says. `none` asks nobody.',
  }),
  TMDB_API_KEY: variable({
    parser: optional(apiKey),
    fallback: null,
    fallbackText: 'none',
    mask: 'secret',
    effect:
      'Key of TMDB (v3) or its read access token (v4): titles by `tmdb:` and `tvdb:` ids, alternative titles, certificates.',
  }),
  TMDB_URL: variable({
    parser: serverUrl('https://api.themoviedb.org/3'),
    fallback: 'https://api.themoviedb.org/3',
    mask: 'url',
    effect: "Address of TMDB's API, for a mirror.",
  }),
  TMDB_IMAGE_URL: variable({
    parser: serverUrl('https://image.tmdb.org/t/p'),
    fallback: 'https://image.tmdb.org/t/p',
    mask: 'url',
    effect: "Address of TMDB's pictures, for a mirror.",
  }),
  ANIME_LIST_URL: variable({
    parser: orNone(serverUrl(PUBLIC_ANIME_LIST)),
    fallback: PUBLIC_ANIME_LIST,
    fallbackText: 'the list of Fribb/anime-lists',
    mask: 'url',
    effect:
      'List of what `kitsu:`, `mal:` and `anilist:` ids stand for, fetched once a week where metadata services are asked; ' +
      '`none`: such ids are unknown.',
  }),
  METADATA_DEADLINE_MS: variable({
    parser: integer(50, 60_000),
    fallback: 2000,
    unit: 'ms',
    effect:
      'How long a request waits for metadata of a title that is not here yet. What comes later is there for the next one.',
  }),
} as const;
