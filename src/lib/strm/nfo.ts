/** What Kodi and Jellyfin read beside a file: `.nfo`, in Kodi's form. */
import { escapedXml } from '../xmltv/write.ts';

export interface NfoTitle {
  readonly name: string;
  /** 0 when unknown. */
  readonly year: number;
  /** Empty when unknown, as every text here. */
  readonly plot: string;
  readonly genre: string;
  readonly poster: string;
  readonly imdbId: string;
  readonly tmdbId: string;
  /** 0 when unknown. */
  readonly rating: number;
}

export interface NfoEpisode {
  readonly name: string;
  readonly season: number;
  readonly episode: number;
  readonly plot: string;
  /** ISO date. */
  readonly aired: string;
}

export function movieNfo(title: NfoTitle): string {
  return document('movie', titleLines(title));
}

export function seriesNfo(title: NfoTitle): string {
  return document('tvshow', titleLines(title));
}

export function episodeNfo({ name, season, episode, plot, aired }: NfoEpisode): string {
  return document('episodedetails', [
    line('title', name),
    line('season', String(season)),
    line('episode', String(episode)),
    line('plot', plot),
    line('aired', aired),
  ]);
}

function titleLines(title: NfoTitle): readonly string[] {
  const { name, year, plot, genre, poster, imdbId, tmdbId, rating } = title;
  const genres = genre.split(/\s*[,/|]\s*/).filter((one) => one !== '');
  return [
    line('title', name),
    line('year', year === 0 ? '' : String(year)),
    line('plot', plot),
    line('rating', rating === 0 ? '' : rating.toFixed(1)),
    ...genres.map((one) => line('genre', one)),
    poster === '' ? '' : `  <thumb aspect="poster">${escapedXml(poster)}</thumb>\n`,
    uniqueId('imdb', imdbId, true),
    uniqueId('tmdb', tmdbId, imdbId === ''),
  ];
}

function document(root: string, lines: readonly string[]): string {
  return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<${root}>\n${lines.join('')}</${root}>\n`;
}

function line(name: string, text: string): string {
  return text === '' ? '' : `  <${name}>${escapedXml(text)}</${name}>\n`;
}

function uniqueId(type: string, id: string, isDefault: boolean): string {
  if (id === '') return '';
  return `  <uniqueid type="${type}" default="${isDefault}">${escapedXml(id)}</uniqueid>\n`;
}
