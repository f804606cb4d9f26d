/** Variables of imports. */
import { integer, oneOf, ValueProblem, type Parser } from './parsers.ts';
import { pathList } from './source-parsers.ts';
import { variable } from './variable.ts';

const CACHES_MAX = 10;

const torrentCaches: Parser<readonly string[]> = {
  expected:
    'addresses with {infohash} or {INFOHASH} in them, comma-separated, like https://cache.example.org/{infohash}.torrent',
  parse(raw) {
    const urls = raw
      .split(',')
      .map((url) => url.trim())
      .filter((url) => url !== '');
    for (const url of urls)
      if (!/^https?:\/\//i.test(url) || !URL.canParse(url) || !/\{infohash\}/i.test(url))
        throw new ValueProblem('one of them is no http(s) address with {infohash} in it');
    if (urls.length > CACHES_MAX)
      throw new ValueProblem(`found ${urls.length} addresses, expected at most ${CACHES_MAX}`);
    return urls;
  },
};

export const IMPORT_VARIABLES = {
  TORRENT_CACHE_URLS: variable({
    parser: torrentCaches,
    fallback: [],
    fallbackText: 'none',
    mask: 'secret',
    effect:
      'Where imports look up the name and the files of a magnet link or an infohash, one after the other, `{infohash}` ' +
      'replaced by its 40 digits (`{INFOHASH}`: in capitals). They may be at private addresses. Without any, a magnet link has ' +
      'what it says.',
  }),
  USER_IMPORTS: variable({
    parser: oneOf(['off', 'private', 'public']),
    fallback: 'private',
    effect:
      'What owners of stored profiles may import: nothing, streams that only their profile is shown, or with `public` also ' +
      'streams for everybody.',
  }),
  PRIVATE_STREAMS_MAX: variable({
    parser: integer(1, 100_000),
    fallback: 500,
    unit: 'streams per stored profile',
    effect: 'Private streams that one profile may have; one more is refused.',
  }),
  USER_IMPORTS_PER_MINUTE_MAX: variable({
    parser: integer(1, 1_000_000),
    fallback: 30,
    unit: 'imports per client address and process',
    effect:
      'Imports and analyses that users of one address may ask for in a minute; one more is answered 429.',
  }),
  HASH_LISTS: variable({
    parser: pathList,
    fallback: [],
    fallbackText: 'none',
    effect:
      'Hash lists that are looked through every hour: addresses of pages, files and folders on the machine of the worker.',
  }),
};
