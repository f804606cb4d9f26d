/** The ways in which torrents of films are laid out: alone, with extras, in collections, cut in two, as discs. */
import type { Ask, FileRow, Layout } from './layout.ts';

interface Film {
  readonly name: string;
  readonly year: number;
}

const FILMS: readonly Film[] = [
  { name: 'Night of the Living Dead', year: 1968 },
  { name: 'Sita Sings the Blues', year: 2008 },
  { name: 'The General', year: 1926 },
  { name: '2001 Maniacs', year: 2005 },
];

interface FilmConvention {
  readonly layout: string;
  readonly files: (film: Film, dotted: string) => readonly FileRow[];
  /** Place of the right file in `files`; -1 where there is none. */
  readonly right: number;
  readonly refusal?: string;
}

const CONVENTIONS: readonly FilmConvention[] = [
  {
    layout: 'scene, with a sample and subtitles',
    right: 0,
    files: (f, d) => [
      [`${d}.${f.year}.1080p.BluRay.x264-GRP.mkv`, 8100],
      ['Sample/sample-grp.mkv', 60],
      [`Subs/${d}.srt`, 0.1],
      [`${d}.nfo`, 0.01],
    ],
  },
  {
    layout: 'short scene name',
    right: 1,
    files: () => [
      ['Sample/grp-film-sample.mkv', 40],
      ['grp-film.mkv', 4300],
      ['grp-film.nfo', 0.01],
    ],
  },
  {
    layout: 'site with its own video',
    right: 1,
    files: (f) => [
      ['RARBG.mp4', 3],
      [`${f.name} (${f.year}) [1080p].mp4`, 1700],
      [`${f.name}.srt`, 0.1],
      ['WWW.EXAMPLE.COM.jpg', 0.05],
    ],
  },
  {
    layout: 'extras by suffix',
    right: 2,
    files: (f) => [
      [`${f.name} (${f.year})-trailer.mkv`, 90],
      ['Making Of-featurette.mkv', 2900],
      [`${f.name} (${f.year}).mkv`, 6000],
      ['Cast-interview.mkv', 1500],
    ],
  },
  {
    layout: 'folder of featurettes',
    right: 0,
    files: (f, d) => [
      [`${d}.${f.year}.2160p.UHD.BluRay.mkv`, 52000],
      ['Featurettes/The Story.mkv', 7000],
      ['Featurettes/Restoring it.mkv', 4000],
      ['Behind The Scenes/On the set.mkv', 900],
    ],
  },
  {
    layout: 'extras that no name marks',
    right: 1,
    files: (f) => [
      ['On the set.mkv', 800],
      [`${f.name}.mkv`, 4700],
      ['Restoration.mkv', 400],
    ],
  },
  {
    layout: 'two discs',
    right: 0,
    files: (_, d) => [
      [`${d}.CD1.avi`, 698],
      [`${d}.CD2.avi`, 702],
    ],
  },
  {
    layout: 'discs in folders',
    right: 1,
    files: (f) => [
      [`CD2/${f.name} CD2.avi`, 731],
      [`CD1/${f.name} CD1.avi`, 699],
    ],
  },
  {
    layout: 'Blu-ray with one long stream',
    right: 1,
    files: () => [
      ['BDMV/STREAM/00000.m2ts', 120],
      ['BDMV/STREAM/00001.m2ts', 31000],
      ['BDMV/STREAM/00005.m2ts', 2500],
      ['BDMV/index.bdmv', 0.01],
      ['BDMV/PLAYLIST/00001.mpls', 0.01],
    ],
  },
  {
    layout: 'Blu-ray whose streams are alike',
    right: -1,
    refusal: 'no_matching_file',
    files: () => [
      ['BDMV/STREAM/00001.m2ts', 21000],
      ['BDMV/STREAM/00002.m2ts', 20100],
      ['BDMV/STREAM/00003.m2ts', 9000],
    ],
  },
  {
    layout: 'DVD folders',
    right: -1,
    refusal: 'no_video_file_found',
    files: () => [
      ['VIDEO_TS/VIDEO_TS.IFO', 0.02],
      ['VIDEO_TS/VTS_01_0.VOB', 20],
      ['VIDEO_TS/VTS_01_1.VOB', 1073],
      ['VIDEO_TS/VTS_01_2.VOB', 1073],
      ['VIDEO_TS/VTS_01_3.VOB', 640],
    ],
  },
  {
    layout: 'image of a disc',
    right: -1,
    refusal: 'no_video_file_found',
    files: (f) => [
      [`${f.name}.iso`, 7900],
      ['cover.jpg', 1],
    ],
  },
  {
    layout: 'archives',
    right: -1,
    refusal: 'no_video_file_found',
    files: (_, d) => [
      [`${d}.rar`, 100],
      [`${d}.r00`, 100],
      [`${d}.r01`, 100],
      ['Sample/sample.mkv', 40],
    ],
  },
  {
    layout: 'collection with years',
    right: 1,
    files: (f) => [
      [`01 - Carnival of Souls (1962).mkv`, 5000],
      [`02 - ${f.name} (${f.year}).mkv`, 4400],
      [`03 - The Last Man on Earth (1964).mkv`, 4900],
      [`04 - House on Haunted Hill (1959).mkv`, 4100],
    ],
  },
  {
    layout: 'collection in folders',
    right: 2,
    files: (f, d) => [
      ['Detour (1945)/Detour.1945.1080p.mkv', 4800],
      ['Charade (1963)/Charade.1963.1080p.mkv', 9000],
      [`${f.name} (${f.year})/${d}.${f.year}.1080p.mkv`, 5200],
      ['Penny Serenade (1941)/Penny.Serenade.1941.1080p.mkv', 7000],
    ],
  },
  {
    layout: 'collection without the film',
    right: -1,
    refusal: 'no_matching_file',
    files: () => [
      ['Detour (1945).mkv', 4800],
      ['Charade (1963).mkv', 15000],
      ['Penny Serenade (1941).mkv', 5000],
    ],
  },
  {
    layout: 'padding between files',
    right: 1,
    files: (f) => [
      ['.pad/1048575', 1],
      [`${f.name} ${f.year} 720p.mp4`, 2200],
      ['_____padding_file_0_if you see this file, please update____', 2],
    ],
  },
];

function layoutOf({ layout, files, right, refusal = '' }: FilmConvention, film: Film): Layout {
  const dotted = film.name.replaceAll(' ', '.');
  const root = `${film.name} (${film.year})`;
  const rows = files(film, dotted).map(([path, size]): FileRow => [`${root}/${path}`, size]);
  const ask: Ask = { plays: rows[right]?.[0] ?? refusal };
  return {
    layout: `${layout}: ${film.name}`,
    torrent: root,
    type: 'movie',
    names: [film.name],
    year: film.year,
    files: rows,
    asks: [ask],
  };
}

export function movieLayouts(): readonly Layout[] {
  return CONVENTIONS.flatMap((convention) => FILMS.map((film) => layoutOf(convention, film)));
}
