/** Words of release titles that are no part of a name, by what they say of the release. */
import { isTechnicalWord } from '../release-title/technical-words.ts';
import type { Word } from './words.ts';

/** Before names: whose film or series it is. */
export const BRANDS: ReadonlySet<string> = words(
  'marvel marvels dc dcs disney disneys pixar bbc itv hbo pbs netflix walt dreamworks lego nickelodeon',
);

/** Countries as names and releases write them, by our code. */
export const COUNTRY_CODES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    US: 'us usa america|united states|united states of america',
    UK: 'uk gb|united kingdom|great britain',
    AU: 'au aus australia',
    NZ: 'nz|new zealand',
    CA: 'ca canada',
    IE: 'ireland',
    FR: 'france',
    DE: 'germany',
    ES: 'spain',
    IT: 'italy',
    NL: 'netherlands',
    BE: 'belgium',
    SE: 'sweden',
    NO: 'norway',
    DK: 'denmark',
    JP: 'jp japan',
    KR: 'kr korea|south korea',
    IN: 'india',
    BR: 'brazil',
    MX: 'mexico',
  }).flatMap(([code, names]) => [
    [code.toLowerCase(), code] as [string, string],
    ...names
      .split('|')
      .flatMap((part, index) => (index === 0 ? part.split(' ') : [part]))
      .map((name): [string, string] => [name, code]),
  ]),
);
/** Those that releases put behind a name. */
const COUNTRIES_OF_RELEASES: ReadonlySet<string> = words('us usa uk au aus nz ca');

const LANGUAGES: ReadonlySet<string> = words(
  'german deutsch french truefrench vostfr vff vf english eng italian ita spanish castellano latino esp hindi tamil telugu ' +
    'malayalam kannada bengali punjabi russian rus polish polski dutch swedish danish norwegian finnish nordic japanese korean ' +
    'chinese portuguese dublado legendado turkish arabic czech hungarian multi dual dubbed subbed dub sub uncensored',
);

const EDITIONS: ReadonlySet<string> = words(
  'extended unrated uncut uncensored directors theatrical remastered imax criterion limited internal proper repack rerip ' +
    '3d hybrid restored retail colorized',
);

const MARKERS: ReadonlySet<string> = words(
  'season seasons saison saisons staffel temporada temporadas stagione stagioni sezon seizoen sasong sezona сезон сезоны ' +
    'episode episodes ep eps episodio folge cap capitulo серии серия complete completa completo komplett integrale batch',
);
const MARKER_FORM =
  /^(?:s\d{1,4}(?:e\d.*)?|s\d{1,4}(?:s\d{1,4})+|e\d{1,4}|ep\d{1,4}|\d{1,2}x\d{1,4}.*|ova\d?|oad|ona|specials)$/;

const COLLECTIONS: ReadonlySet<string> = words(
  'trilogy duology dilogy quadrilogy tetralogy pentalogy hexalogy heptalogy anthology trilogie trilogia antologia quadrilogia',
);
const COLLECTIONS_OR_EDITIONS: ReadonlySet<string> = words(
  'collection collections saga boxset kollektion coleccion filmreihe pack',
);

const EXTRAS: ReadonlySet<string> = words(
  'trailer trailers teaser soundtrack ost featurette featurettes sample ncop nced creditless blooper bloopers',
);
const EXTRAS_OF_DISCS: ReadonlySet<string> = words('extras bonus');
/** Before them, the extras come with the whole. */
const TOGETHER: ReadonlySet<string> = words('with incl including plus mit avec con w');

const EDITION_KINDS: ReadonlySet<string> = words(
  'final directors ultimate special extended theatrical anniversary collectors definitive original restored roadshow',
);
const EDITION_WORDS: ReadonlySet<string> = words('cut edition version');

const NO_VIDEO: ReadonlySet<string> = words(
  'epub mobi pdf azw3 cbr cbz audiobook audiobooks ebook mp3 flac alac gog fitgirl codex skidrow ps4 ps5 xbox nsw switch apk ' +
    'score vinyl macos',
);

const YEAR_FORM = /^(?:18[89]\d|19\d\d|20\d\d)$/;
/** Releases come before their year by a few months at most. */
const YEAR_MAX = new Date().getUTCFullYear() + 1;

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(' '));
}

export function yearOf(word: string): number {
  if (!YEAR_FORM.test(word)) return 0;
  const year = Number(word);
  return year <= YEAR_MAX ? year : 0;
}

/** Says which season or episode follows. */
export function isMarker(word: string): boolean {
  return MARKERS.has(word) || MARKER_FORM.test(word);
}

/** No name goes on with it: how it was made, its year, or what is played of it. */
export function endsName({ text, written }: Word): boolean {
  return (
    yearOf(text) !== 0 ||
    isTechnicalWord(written) ||
    isMarker(written) ||
    LANGUAGES.has(written) ||
    EDITIONS.has(written)
  );
}

/** `The Final Cut`, `50th Anniversary Edition` */
export function isEditionAt(words: readonly Word[], at: number): boolean {
  const skipped = words[at]?.written === 'the' || /^\d+th$/.test(words[at]?.written ?? '') ? 1 : 0;
  return (
    EDITION_KINDS.has(words[at + skipped]?.written ?? '') &&
    EDITION_WORDS.has(words[at + skipped + 1]?.written ?? '')
  );
}

export function isTechnical({ written }: Word): boolean {
  return isTechnicalWord(written);
}

export function countryOfRelease({ written }: Word): string | undefined {
  return COUNTRIES_OF_RELEASES.has(written) ? COUNTRY_CODES.get(written) : undefined;
}

/** A pack of several movies, whatever else is said. */
export function isCollection({ written }: Word): boolean {
  return COLLECTIONS.has(written);
}

/** A pack of several movies, or a publisher's series: what stands before it tells. */
export function isCollectionOrEdition({ written }: Word): boolean {
  return COLLECTIONS_OR_EDITIONS.has(written);
}

/** @param gap what stands between it and the word before */
export function isExtra(word: Word, previous: Word | undefined, gap: string): boolean {
  if (EXTRAS.has(word.written)) return true;
  if (!EXTRAS_OF_DISCS.has(word.written)) return false;
  return !TOGETHER.has(previous?.written ?? '') && !/[+&]/.test(gap);
}

export function isNoVideo({ written }: Word): boolean {
  return NO_VIDEO.has(written);
}

/** Codes of a list of countries: `US, United Kingdom`. */
export function countryCodes(list: string): ReadonlySet<string> {
  const codes = list
    .toLowerCase()
    .split(',')
    .map((name) => COUNTRY_CODES.get(name.trim()));
  return new Set(codes.filter((code) => code !== undefined));
}
