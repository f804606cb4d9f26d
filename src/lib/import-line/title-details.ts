/** A line with everything that is known of one title, as dumps write it. */
import type { IdProvider } from '../stremio/media-id.ts';
import { ID_PREFIXES } from '../stremio/media-id.ts';
import {
  CERTIFICATES,
  LANGUAGES,
  NUDITY_LEVELS,
  type Certificate,
  type Language,
  type NudityLevel,
} from '../vocabulary.ts';
import type { LineFields } from './line-fields.ts';
import { readTitle, type LineTitle } from './title-line.ts';

/** As an import of the library takes it, without streams. */
export interface TitleDetails extends Omit<LineTitle, 'ids' | 'name'> {
  readonly imdbId: string;
  readonly tmdbId: string;
  readonly otherIds: readonly TitleIdOfPart[];
  readonly title: string;
  readonly originalTitle: string;
  readonly alternativeTitles: readonly string[];
  readonly endYear: number;
  readonly released: string;
  readonly runtimeMinutes: number;
  readonly description: string;
  readonly languages: readonly Language[];
  readonly country: string;
  readonly website: string;
  readonly isAdult: boolean;
  readonly nudity: NudityLevel;
  readonly certificate: Certificate;
  readonly isAlwaysListed: boolean;
  readonly popularity: number;
  readonly genres: readonly string[];
  readonly images: readonly { readonly kind: ImageKind; readonly url: string }[];
  readonly ratings: readonly TitleRating[];
  readonly episodes: readonly TitleEpisode[];
  /** Whether services keep it up to date: null when they do not, `sketch` for one of which they know little yet. */
  readonly services: 'kept' | 'sketch' | null;
}

interface TitleIdOfPart {
  readonly provider: IdProvider;
  readonly id: string;
  readonly season: number;
  readonly episodeOffset: number;
}

interface TitleRating {
  readonly provider: string;
  readonly value: number;
  readonly votes: number;
}

interface TitleEpisode {
  readonly season: number;
  readonly episode: number;
  readonly title: string;
  readonly overview: string;
  readonly released: string;
  readonly thumbnailUrl: string;
}

const IMAGE_KINDS = ['poster', 'background', 'logo'] as const;
type ImageKind = (typeof IMAGE_KINDS)[number];
const SERVICES = ['kept', 'sketch'] as const;
const PROVIDERS = Object.keys(ID_PREFIXES) as IdProvider[];

const NAME_CHARS_MAX = 500;
const TEXT_CHARS_MAX = 20_000;
const URL_CHARS_MAX = 4000;
const NAMES = { countMax: 500, charsMax: NAME_CHARS_MAX };
const ITEMS_MAX = 1000;
const EPISODES_MAX = 100_000;
const YEARS = { min: 0, max: 9999, fallback: 0 };
const COUNT = { min: 0, max: 2 ** 31 - 1, fallback: 0 };
const SEASON = { min: -1, max: 9999, fallback: -1 };
const EPISODE = { min: 0, max: 99_999, fallback: 0 };

/** @param fields of the line @throws AppError `import.bad-line` */
export function readTitleDetails(fields: LineFields): TitleDetails {
  const given = fields.object('title') ?? fields.fail('title', 'an object with type, and a name');
  const { type, publicId, name, year, ids } = readTitle(given);
  if (name === '') return given.fail('name', 'the name of the title');
  const idBy = (provider: IdProvider) => ids.find((id) => id.provider === provider)?.id ?? '';
  return {
    type,
    publicId,
    imdbId: idBy('imdb'),
    tmdbId: idBy('tmdb'),
    otherIds: [
      ...ids
        .filter(({ provider }) => provider === 'tvdb')
        .map((id) => ({ ...id, season: -1, episodeOffset: 0 })),
      ...given.objects(ITEMS_MAX, 'otherIds').map(readOtherId),
    ],
    title: name,
    year,
    ...readTexts(given),
    ...readNumbers(given),
    ...readLists(given),
    services: given.name(SERVICES, 'services') ?? null,
  };
}

function readTexts(given: LineFields) {
  return {
    originalTitle: given.text(NAME_CHARS_MAX, 'originalName'),
    alternativeTitles: given.texts(NAMES, 'names'),
    released: given.date('released'),
    description: given.paragraphs(TEXT_CHARS_MAX, 'description'),
    country: given.text(NAME_CHARS_MAX, 'country'),
    website: given.text(URL_CHARS_MAX, 'website'),
    nudity: given.name(NUDITY_LEVELS, 'nudity') ?? 'Unknown',
    certificate: given.name(CERTIFICATES, 'certificate') ?? 'Unknown',
  } as const;
}

function readNumbers(given: LineFields) {
  return {
    endYear: given.integer(YEARS, 'endYear'),
    runtimeMinutes: given.integer(COUNT, 'runtimeMinutes'),
    isAdult: given.flag('adult'),
    isAlwaysListed: given.flag('listed'),
    popularity: given.decimal({ min: 0, max: 1e9 }, 'popularity'),
  };
}

function readLists(given: LineFields) {
  return {
    languages: given.names(LANGUAGES, 'languages'),
    genres: given.texts({ countMax: 100, charsMax: 100 }, 'genres'),
    images: given.objects(ITEMS_MAX, 'images').map((image) => ({
      kind: image.name(IMAGE_KINDS, 'kind') ?? image.fail('kind', IMAGE_KINDS.join(', ')),
      url: image.text(URL_CHARS_MAX, 'url') || image.fail('url', 'an address'),
    })),
    ratings: given.objects(ITEMS_MAX, 'ratings').map(readRating),
    episodes: given.objects(EPISODES_MAX, 'episodes').map(readEpisode),
  };
}

function readOtherId(fields: LineFields): TitleIdOfPart {
  return {
    provider: fields.name(PROVIDERS, 'provider') ?? fields.fail('provider', PROVIDERS.join(', ')),
    id: fields.text(100, 'id') || fields.fail('id', 'an id'),
    season: fields.integer(SEASON, 'season'),
    episodeOffset: fields.integer(EPISODE, 'episodeOffset'),
  };
}

function readRating(fields: LineFields): TitleRating {
  const provider = fields.text(16, 'provider');
  return {
    provider: /^[a-z0-9-]{2,16}$/.test(provider)
      ? provider
      : fields.fail('provider', '2 to 16 of a-z, 0-9 and hyphens'),
    value: fields.decimal({ min: 0, max: 10 }, 'value'),
    votes: fields.integer(COUNT, 'votes'),
  };
}

function readEpisode(fields: LineFields): TitleEpisode {
  return {
    season: fields.integer({ ...SEASON, min: 0, fallback: 0 }, 'season'),
    episode: fields.integer(EPISODE, 'episode'),
    title: fields.text(NAME_CHARS_MAX, 'name'),
    overview: fields.paragraphs(TEXT_CHARS_MAX, 'overview'),
    released: fields.date('released'),
    thumbnailUrl: fields.text(URL_CHARS_MAX, 'thumbnail'),
  };
}
