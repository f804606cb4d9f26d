/** What the library knows of the video that a link plays, as the choice among a torrent's files asks for it. */
import type { WantedVideo } from '../../lib/file-choice/listed-file.ts';
import type { NzbLink } from '../../lib/install-token/nzb-link.ts';
import type { SearchSubject } from '../sources/contract.ts';
import type { KnownTorrent } from './store.ts';

/** The part of a link behind its token. */
export interface LinkedFile {
  /** What the library knows it by: 40 lower-case hexadecimal digits; of a Usenet post its content key. */
  readonly infohash: string;
  /** Null for torrents. */
  readonly nzb: NzbLink | null;
  /** Null for films; then `episode` is 0. */
  readonly season: number | null;
  readonly episode: number;
  /** As the row of the stream has it; empty when the link names none. */
  readonly filename: string;
}

export function wantedVideo(
  { season, episode, filename }: LinkedFile,
  known: KnownTorrent | null,
  subject: SearchSubject | null,
): WantedVideo {
  const { names, year, isAnime, episodes } = subject ?? UNKNOWN_TITLE;
  const facts = episodes.find((one) => one.season === season && one.episode === episode);
  const torrent = known ?? UNKNOWN_TORRENT;
  return {
    type: season === null ? 'movie' : 'series',
    names,
    year,
    season: season ?? 0,
    episode,
    isAnime,
    absoluteEpisode: facts?.absolute ?? 0,
    episodesInSeason: episodes.filter((one) => one.season === season).length,
    airDate: facts?.released ?? '',
    torrentName: torrent.name,
    filename: torrent.filename || withoutTorrentName(filename, torrent),
    fileSizeBytes: torrent.fileSizeBytes,
    fileIndex: torrent.fileIndex,
    fileCount: torrent.fileCount,
  };
}

type TitleFacts = Pick<SearchSubject, 'names' | 'year' | 'isAnime' | 'episodes'>;
const UNKNOWN_TITLE: TitleFacts = { names: [], year: 0, isAnime: false, episodes: [] };
const UNKNOWN_TORRENT = { name: '', filename: '', fileSizeBytes: 0, fileIndex: -1, fileCount: 0 };

/** Rows whose file is not known are called as the torrent is, which says nothing about its files. */
function withoutTorrentName(filename: string, { name }: Pick<KnownTorrent, 'name'>): string {
  return filename === name ? '' : filename;
}
