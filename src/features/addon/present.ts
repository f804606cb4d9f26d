/** From what the library knows to what Stremio shows. Absolute links start with the request's base URL. */
import { bytesText } from '../../lib/stream-template/modifiers.ts';
import { deleteId } from '../../lib/stremio/held-id.ts';
import type { Meta, MetaPreview, MetaVideo } from '../../lib/stremio/types.ts';
import type { CatalogTitle, Episode, TitleDetails } from './contract.ts';
import type { HeldDetails, HeldTitle } from '../watchlists/contract.ts';
import type { PlayedTitle } from './service.ts';

/** Clients sort and show episodes by date and drop those without a valid one. */
const UNKNOWN_DATE_MS = 0;

/** The id that clients get and send back: the IMDb id where there is one, so that other add-ons serve it, too. */
export function clientId(title: CatalogTitle): string {
  return title.imdbId === '' ? title.publicId : title.imdbId;
}

/** A row of a catalogue. */
export function metaPreview(title: CatalogTitle, baseUrl: string): MetaPreview {
  return preview(title, clientId(title), baseUrl);
}

/** A row of what an account holds. What the library lists leads to its title, the rest to its own files. */
export function heldPreview(held: HeldTitle, baseUrl: string): MetaPreview {
  const { title, isListed, type, id, name, year, release } = held;
  if (title !== null && isListed) return metaPreview(title, baseUrl);
  if (title !== null)
    return { ...metaPreview(title, baseUrl), id, description: heldText(held, title.description) };
  return {
    id,
    type,
    name,
    posterShape: 'poster',
    ...textField('releaseInfo', year === 0 ? '' : String(year)),
    description: heldText(held, release),
  };
}

function heldText({ release, sizeBytes }: HeldTitle, text: string): string {
  const size = sizeBytes > 0 ? `${bytesText(sizeBytes)}` : '';
  return [...new Set([text, release, size])].filter((line) => line !== '').join('\n');
}

/** A torrent with its files as videos; a film with one needs none. */
export function heldMeta({ held, files }: HeldDetails, baseUrl: string): Meta {
  const preview = { ...heldPreview({ ...held, isListed: false }, baseUrl), id: held.id };
  if (held.type === 'movie') return preview;
  const videos = files.map((file) => ({
    id: `${held.id}:${file.index}`,
    title: file.name,
    released: isoDate('', held.year),
    season: Math.max(0, file.season),
    episode: file.episode < 0 ? file.index + 1 : file.episode,
  }));
  return {
    ...preview,
    videos: videos.toSorted((a, b) => a.season - b.season || a.episode - b.episode),
  };
}

/** The entry that leads to deleting: opened, it deletes nothing. */
export function deletionPreview(service: string, serviceName: string): MetaPreview {
  return {
    id: deleteId(service),
    type: 'movie',
    name: `Delete from ${serviceName} …`,
    posterShape: 'poster',
    description: `Opens a page on which you choose what is deleted from your ${serviceName} account.`,
  };
}

/** A row of what was played last: a series says which episode, and opens with it. */
export function playedPreview({ title, last }: PlayedTitle, baseUrl: string): MetaPreview {
  const id = clientId(title);
  const row = preview(title, id, baseUrl);
  if (title.type === 'movie') return { ...row, behaviorHints: { defaultVideoId: id } };
  const { season, episode } = last;
  return {
    ...row,
    releaseInfo: `S${pad(season)}E${pad(episode)}`,
    description: `Last played: season ${season}, episode ${episode}.\n${title.description}`.trim(),
    behaviorHints: { defaultVideoId: `${id}:${season}:${episode}` },
  };
}

function pad(number: number): string {
  return String(number).padStart(2, '0');
}

/**
 * A whole title.
 * @param id the id that was asked for: clients expect it back, and build stream ids from it
 */
export function meta(title: TitleDetails, id: string, baseUrl: string): Meta {
  return {
    ...preview(title, id, baseUrl),
    ...textField('background', title.backgroundUrl),
    ...textField('logo', title.logoUrl),
    ...textField('language', title.languages.join(', ')),
    ...textField('country', title.country),
    ...textField('website', title.website),
    ...(title.runtimeMinutes === 0 ? {} : { runtime: `${title.runtimeMinutes} min` }),
    ...(title.released === '' && title.year === 0
      ? {}
      : { released: isoDate(title.released, title.year) }),
    ...(title.type === 'movie' ? {} : { videos: videos(title, id) }),
  };
}

function preview(title: CatalogTitle, id: string, baseUrl: string): MetaPreview {
  return {
    id,
    type: title.type,
    name: title.title,
    poster: `${baseUrl}/poster/${title.type}/${id}.jpg`,
    posterShape: 'poster',
    ...textField('releaseInfo', releaseInfo(title)),
    ...textField('description', title.description),
    ...(title.genres.length === 0 ? {} : { genres: title.genres }),
    ...(title.rating === 0 ? {} : { imdbRating: title.rating.toFixed(1) }),
  };
}

/** `2019` for movies; `2019-2022`, or `2019-` while it runs, for series. */
function releaseInfo(title: CatalogTitle): string {
  if (title.year === 0) return '';
  if (title.type === 'movie' || title.endYear === title.year) return String(title.year);
  return `${title.year}-${title.endYear === 0 ? '' : title.endYear}`;
}

/** Episodes of anime come with the id of their entry, which is one season: `kitsu:7442:5`. */
function videos({ episodes, isEntry, year }: TitleDetails, id: string): MetaVideo[] {
  return episodes.map((found) => ({
    id: isEntry ? `${id}:${found.episode}` : `${id}:${found.season}:${found.episode}`,
    ...video(found, year),
  }));
}

function video(found: Episode, year: number): Omit<MetaVideo, 'id'> {
  return {
    title: found.title === '' ? `Episode ${found.episode}` : found.title,
    released: isoDate(found.released, year),
    season: found.season,
    episode: found.episode,
    ...textField('overview', found.overview),
    ...textField('thumbnail', found.thumbnailUrl),
  };
}

/** A full ISO time from a date, or from the first day of the title's year; always valid. */
function isoDate(date: string, year: number): string {
  const time = date === '' && year > 0 ? Date.UTC(year, 0, 1) : Date.parse(date);
  return new Date(Number.isNaN(time) ? UNKNOWN_DATE_MS : time).toISOString();
}

function textField<K extends string>(name: K, value: string): { readonly [N in K]?: string } {
  return value === '' ? {} : ({ [name]: value } as { readonly [N in K]?: string });
}
