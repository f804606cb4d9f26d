/** Files of a torrent, and the video that is wanted of them. */
import type { MediaType } from '../stremio/types.ts';

export interface ListedFile {
  /** With folders, separated by slashes. */
  readonly path: string;
  /** 0 when unknown. */
  readonly sizeBytes: number;
}

export interface WantedVideo {
  readonly type: MediaType;
  /** Every name that the title is known by. */
  readonly names: readonly string[];
  /** 0 when unknown. */
  readonly year: number;
  /** 0 for specials and movies. */
  readonly season: number;
  /** 0 for movies. */
  readonly episode: number;
  /** Its files may be counted over all seasons. */
  readonly isAnime: boolean;
  /** Counted over all seasons; 0 when unknown. Read of anime alone: of others, 205 is the fifth of season 2. */
  readonly absoluteEpisode: number;
  /** How many the wanted season has; 0 when unknown. */
  readonly episodesInSeason: number;
  /** ISO date, empty when unknown. */
  readonly airDate: string;
  /** The torrent's own, empty when unknown. */
  readonly torrentName: string;
  /** As the row of the stream says; a name or a path, empty when unknown. */
  readonly filename: string;
  /** 0 when unknown. */
  readonly fileSizeBytes: number;
  /** Among all files in the torrent's order, -1 when unknown. Makers and readers of torrents count differently. */
  readonly fileIndex: number;
  /** How many files were there when the index was taken; 0 when unknown. */
  readonly fileCount: number;
}

/** Why no file is played: names of `lib/exception-videos/messages.ts`. */
export type NoFile = 'no_video_file_found' | 'episode_not_found' | 'no_matching_file';

export type FileChoice<F extends ListedFile> = { readonly file: F } | { readonly none: NoFile };

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Whole folders of the path, the nearest first. */
export function foldersOf(path: string): readonly string[] {
  return path
    .split('/')
    .slice(0, -1)
    .filter((folder) => folder !== '')
    .toReversed();
}
