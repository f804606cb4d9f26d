/** The ways in which season packs are named, applied to several series: what is written to `generated.jsonl`. */
import type { Ask, FileRow, Layout } from './layout.ts';

interface Series {
  readonly name: string;
  readonly year: number;
  readonly titles: readonly string[];
  /** Number of the season in packs of one. */
  readonly season: number;
  readonly minutes: number;
}

/** Old and free series; names of episodes hold numbers, words of extras, and words of seasons. */
const SERIES: readonly Series[] = [
  {
    name: 'The Adventures of Robin Hood',
    year: 1955,
    season: 2,
    minutes: 25,
    titles: [
      'A Village Wooing',
      'The Scientist',
      'Blackmail',
      'A Year and a Day',
      'The Goldmaker',
      'Hubert',
      'The Imposters',
      'Ransom',
    ],
  },
  {
    name: 'Pioneer One',
    year: 2010,
    season: 1,
    minutes: 35,
    titles: [
      'Earthfall',
      'The Man From Mars',
      'Alone in the Night',
      'Triangular Diplomacy',
      'Sea Change',
      'War of the World',
    ],
  },
  {
    name: 'Dragnet 1951',
    year: 1951,
    season: 3,
    minutes: 26,
    titles: [
      'The Big Trailer',
      'The 7 Dwarfs',
      'Part of 10',
      'The Big Sample',
      '1944',
      'The Big Season',
      'Room 5',
      'The Big Hate',
      'Bonus',
      'The Big 4',
    ],
  },
  {
    name: 'Flash Gordon',
    year: 1954,
    season: 1,
    minutes: 27,
    titles: [
      'The Planet of Death',
      'Escape into Time',
      'The Electro Man',
      'The Vengeance of Rabeed',
      'Akim the Terrible',
      'The Claim Jumpers',
      'The Breath of Death',
    ],
  },
  {
    name: "Dr. Kilmer's Café",
    year: 2012,
    season: 4,
    minutes: 44,
    titles: ['Été', 'Über Nacht', 'Two & Two', 'What?', 'Left, Right', 'Who’s There', 'The End'],
  },
  {
    name: 'Sector 9',
    year: 2018,
    season: 2,
    minutes: 52,
    titles: [
      'Nine',
      'Ten Below',
      'Level 3',
      'Zero Hour',
      'Count to 5',
      'Episode Six',
      'Seven of Nine',
      'Eight',
    ],
  },
];

/** One convention: the torrent's name, and the path of an episode below it. */
interface Convention {
  readonly layout: string;
  readonly torrent: (series: Series) => string;
  readonly path: (series: Series, episode: number, title: string) => string;
  /** What else lies there. */
  readonly beside?: (series: Series) => readonly FileRow[];
  readonly seasons?: readonly number[];
  readonly absoluteBefore?: number;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}

function dotted(text: string): string {
  return text
    .replaceAll(/[ '’,?&]+/g, '.')
    .replaceAll(/\.{2,}/g, '.')
    .replace(/\.$/, '');
}

function se({ season }: Series, episode: number): string {
  return `S${two(season)}E${two(episode)}`;
}

const NFO: FileRow = ['info.nfo', 0.004];
const IMAGES: readonly FileRow[] = [
  ['folder.jpg', 0.2],
  ['Screens/screen01.png', 1.1],
];

function within(folder: string, rows: readonly FileRow[]): readonly FileRow[] {
  return rows.map(([path, size]) => [`${folder}/${path}`, size]);
}

const CONVENTIONS: readonly Convention[] = [
  {
    layout: 'scene pack with titles',
    torrent: (s) => `${dotted(s.name)}.S${two(s.season)}.1080p.WEB-DL.DDP5.1.H.264-GRP`,
    path: (s, e, t) =>
      `${dotted(s.name)}.${se(s, e)}.${dotted(t)}.1080p.WEB-DL.DDP5.1.H.264-GRP.mkv`,
    beside: () => [NFO],
  },
  {
    layout: 'scene pack without titles',
    torrent: (s) => `${dotted(s.name)}.S${two(s.season)}.720p.HDTV.x264-GRP`,
    path: (s, e) => `${dotted(s.name)}.${se(s, e)}.720p.HDTV.x264-GRP.mkv`,
  },
  {
    layout: 'lower case with hyphens',
    torrent: (s) => `${dotted(s.name)}.S${two(s.season)}.1080p.BluRay.x265-GRP`,
    path: (s, e) =>
      `${dotted(s.name).toLowerCase()}.${se(s, e).toLowerCase()}.1080p.bluray.x265-grp.mkv`,
  },
  {
    layout: 'a folder for each episode, with samples and subtitles',
    torrent: (s) => `${dotted(s.name)}.S${two(s.season)}.1080p.BluRay.x264-GRP`,
    path: (s, e) => {
      const name = `${dotted(s.name)}.${se(s, e)}.1080p.BluRay.x264-GRP`;
      return `${name}/${name}.mkv`;
    },
    beside: (s) =>
      s.titles.flatMap((_, index): FileRow[] => {
        const name = `${dotted(s.name)}.${se(s, index + 1)}.1080p.BluRay.x264-GRP`;
        return [
          [`${name}/Sample/${name}-sample.mkv`, 45],
          [`${name}/Subs/${name}.idx`, 0.1],
          [`${name}/${name}.nfo`, 0.01],
        ];
      }),
  },
  {
    layout: 'scene folders, short names of files',
    torrent: (s) => `${dotted(s.name)}.S${two(s.season)}.DVDRip.XviD-GRP`,
    path: (s, e) =>
      `${dotted(s.name)}.${se(s, e)}.DVDRip.XviD-GRP/grp-${se(s, e).toLowerCase()}.avi`,
  },
  {
    layout: 'names of files without meaning below named folders',
    torrent: (s) => `${dotted(s.name)}.S${two(s.season)}.1080p.WEB.H264-GRP`,
    path: (s, e) =>
      `${dotted(s.name)}.${se(s, e)}.1080p.WEB.H264-GRP/${['ab', 'qx', 'zt', 'mk', 'wv', 'pl', 'rr', 'oo', 'gh', 'ty'][e - 1] ?? 'u'}fkdjqlwpz.mkv`,
  },
  {
    layout: 'media server: series, season, long name',
    torrent: (s) => `${s.name} (${s.year})`,
    path: (s, e, t) =>
      `Season ${two(s.season)}/${s.name} (${s.year}) - ${se(s, e)} - ${t} [WEBDL-1080p].mkv`,
    beside: () => IMAGES,
  },
  {
    layout: 'media server: number and title alone',
    torrent: (s) => `${s.name} (${s.year}) Season ${s.season}`,
    path: (s, e, t) => `Season ${s.season}/${two(e)} - ${t}.mkv`,
  },
  {
    layout: 'season folder, dot after the number',
    torrent: (s) => `${s.name} Season ${s.season} Complete`,
    path: (s, e, t) => `Season ${s.season}/${e}. ${t}.mp4`,
  },
  {
    layout: 'season folder, number and title by a blank',
    torrent: (s) => `${s.name} - Season ${s.season}`,
    path: (s, e, t) => `Season ${two(s.season)}/${two(e)} ${t}.m4v`,
  },
  {
    layout: 'season folder, E and number',
    torrent: (s) => `${s.name} S${two(s.season)}`,
    path: (s, e) => `S${two(s.season)}/E${two(e)}.mkv`,
  },
  {
    layout: 'season named by the torrent alone, number alone',
    torrent: (s) => `${s.name} Season ${s.season} 720p`,
    path: (_, e) => `${two(e)}.mkv`,
  },
  {
    layout: 'season named by the torrent alone, EP',
    torrent: (s) => `${s.name} S${two(s.season)} 480p`,
    path: (s, e) => `${s.name} EP${two(e)}.mp4`,
  },
  {
    layout: 'SxxEyy alone',
    torrent: (s) => `${s.name} S${two(s.season)} 1080p`,
    path: (s, e) => `${se(s, e)}.mkv`,
  },
  {
    layout: 'SxxEyy first, title after a blank',
    torrent: (s) => `${s.name}.S${two(s.season)}`,
    path: (s, e, t) => `${s.name}/Season ${s.season}/${se(s, e)} ${t}.mkv`,
  },
  {
    layout: '1x01 alone and a title',
    torrent: (s) => `${s.name} - Season ${s.season}`,
    path: (s, e, t) => `${s.season}x${two(e)} - ${t}.avi`,
  },
  {
    layout: 'series - [1x01] - title',
    torrent: (s) => `${s.name} [DVDRip]`,
    path: (s, e, t) =>
      `${s.name} - Season ${s.season}/${s.name} - [${s.season}x${two(e)}] - ${t}.avi`,
  },
  {
    layout: 'hundreds',
    torrent: (s) => `${s.name} Season ${s.season} DVDRip`,
    path: (s, e, t) => `${s.name} - ${s.season}${two(e)} - ${t}.avi`,
  },
  {
    layout: 'hundreds first, in a folder of the season',
    torrent: (s) => s.name,
    path: (s, e, t) => `Season ${s.season}/${s.season}${two(e)} - ${t}.avi`,
  },
  {
    layout: 'Season 1 Episode 1 in words',
    torrent: (s) => `${s.name} Complete`,
    path: (s, e, t) => `${s.name} Season ${s.season} Episode ${e} - ${t}.mp4`,
  },
  {
    layout: 'Episode 1 in a folder of the season',
    torrent: (s) => `${s.name}`,
    path: (s, e, t) => `Season ${s.season}/Episode ${e} - ${t}.mp4`,
  },
  {
    layout: 's01.e01',
    torrent: (s) => `${s.name} (${s.year})`,
    path: (s, e, t) => `${s.name} - ${se(s, e).toLowerCase().replace('e', '.e')} - ${t}.mkv`,
  },
  {
    layout: 'underscores',
    torrent: (s) => `${s.name.replaceAll(' ', '_')}_S${s.season}`,
    path: (s, e) => `${s.name.replaceAll(' ', '_')}_S${s.season}_E${e}_480p.mp4`,
  },
  {
    layout: 'British: Series n, 01of06',
    torrent: (s) => `${s.name} - Series ${s.season}`,
    path: (s, e, t) =>
      `Series ${s.season}/${s.name} - ${two(e)}of${two(s.titles.length)} - ${t}.mp4`,
  },
  {
    layout: 'Spanish: Temporada, Cap.',
    torrent: (s) => `${s.name} - Temporada ${s.season} [HDTV 720p][Castellano]`,
    path: (s, e) =>
      `${s.name} - Temporada ${s.season} [HDTV 720p][Cap.${s.season}${two(e)}][Castellano].mkv`,
  },
  {
    layout: 'German: Staffel and Folge',
    torrent: (s) => `${s.name} - Staffel ${s.season} [German]`,
    path: (s, e, t) => `Staffel ${two(s.season)}/Folge ${two(e)} - ${t}.mkv`,
  },
  {
    layout: 'German scene',
    torrent: (s) => `${dotted(s.name)}.S${two(s.season)}.German.DL.1080p.BluRay.x264-GRP`,
    path: (s, e, t) =>
      `${dotted(s.name)}.${se(s, e)}.${dotted(t)}.German.DL.1080p.BluRay.x264-GRP.mkv`,
  },
  {
    layout: 'French: Saison',
    torrent: (s) => `${s.name} Saison ${s.season} FRENCH`,
    path: (s, e) => `Saison ${s.season}/${s.name} S${two(s.season)}E${two(e)} FRENCH HDTV.avi`,
  },
  {
    layout: 'Russian: Сезон and серия',
    torrent: (s) => `${s.name} (Сезон ${s.season}) WEB-DL 1080p`,
    path: (s, e) => `Сезон ${s.season}/${two(e)} серия.mkv`,
  },
  {
    layout: 'Turkish: Bölüm',
    torrent: (s) => `${s.name} ${s.season}. Sezon`,
    path: (s, e) => `${s.season}. Sezon/${e}. Bölüm.mp4`,
  },
  {
    layout: 'all seasons, a folder each',
    torrent: (s) => `${dotted(s.name)}.S01-S05.COMPLETE.1080p`,
    path: (s, e) =>
      `${dotted(s.name)}.S${two(s.season)}.1080p/${dotted(s.name)}.${se(s, e)}.1080p.mkv`,
    seasons: [1, 2, 3, 4, 5],
  },
  {
    layout: 'all seasons, numbers alone below the folders',
    torrent: (s) => `${s.name} Complete Series`,
    path: (s, e, t) => `${s.name}/Season ${s.season}/${two(e)} - ${t}.mkv`,
    seasons: [1, 2, 3, 4, 5],
  },
  {
    layout: 'all seasons, nearly the same names in each folder',
    torrent: (s) => `${s.name} (${s.year}) Seasons 1 to 5`,
    path: (s, e) => `Season ${s.season}/E${two(e)}.mkv`,
    seasons: [1, 2, 3, 4, 5],
  },
  {
    layout: 'all seasons, hundreds without folders',
    torrent: (s) => `${s.name} complete`,
    path: (s, e) => `${s.name} ${s.season}${two(e)}.avi`,
    seasons: [1, 2, 3, 4, 5],
  },
  {
    layout: 'specials and featurettes beside a season',
    torrent: (s) => `${s.name} S${two(s.season)} 1080p BluRay`,
    path: (s, e, t) => `${s.name} - ${se(s, e)} - ${t}.mkv`,
    beside: (s) => [
      [`Featurettes/${s.name} - ${se(s, 1)} - Making of.mkv`, 700],
      [`Extras/${s.name} - ${se(s, 2)} - Deleted Scenes.mkv`, 650],
      [`Specials/${s.name} - S00E01 - Christmas.mkv`, 900],
      [`Specials/${s.name} - S00E02 - Reunion.mkv`, 900],
    ],
  },
  {
    layout: 'names with sites in brackets and in front',
    torrent: (s) => `[ www.Example.com ] ${s.name} S${two(s.season)} Complete`,
    path: (s, e) => `[ www.Example.com ] - ${s.name}.${se(s, e)}.480p.mkv`,
    beside: () => [
      ['RARBG.mp4', 3],
      ['Downloaded from example.txt', 0.001],
    ],
  },
];

const EPISODE_MB_PER_MINUTE = 24;
const SEASONS_IN_PACKS = 5;

function layoutOf(convention: Convention, series: Series): Layout {
  const seasons = convention.seasons ?? [series.season];
  const { torrent, layout } = convention;
  const root = torrent(series).replaceAll('/', ' ');
  const pathOf = (season: number, episode: number): string =>
    `${root}/${convention.path({ ...series, season }, episode, series.titles[episode - 1] ?? '')}`;
  const episodes = series.titles.map((_, index) => index + 1);
  const files = seasons.flatMap((season) =>
    episodes.map((episode): FileRow => [
      pathOf(season, episode),
      series.minutes * EPISODE_MB_PER_MINUTE + ((episode * 37 + season * 11) % 90),
    ]),
  );
  return {
    layout: `${layout}: ${series.name}`,
    torrent: root,
    type: 'series',
    names: [series.name],
    year: series.year,
    files: [...files, ...within(root, convention.beside?.(series) ?? [])],
    asks: asksOf(series, seasons, pathOf),
  };
}

/** First, last, one between; one too many, and one of a season that is not there. */
function asksOf(
  { titles }: Series,
  seasons: readonly number[],
  pathOf: (season: number, episode: number) => string,
): readonly Ask[] {
  const last = titles.length;
  const found = seasons.flatMap((season) =>
    [1, 2, Math.ceil(last / 2), last].map((episode): Ask => ({
      season,
      episode,
      absoluteEpisode: (season - 1) * last + episode,
      episodesInSeason: last,
      plays: pathOf(season, episode),
    })),
  );
  const [season = 1] = seasons.slice(-1);
  return [
    ...found,
    { season, episode: last + 1, plays: 'episode_not_found' },
    { season, episode: last + 10, plays: 'episode_not_found' },
    { season: season + SEASONS_IN_PACKS, episode: 1, plays: 'episode_not_found' },
  ];
}

export function seriesLayouts(): readonly Layout[] {
  return CONVENTIONS.flatMap((convention) => SERIES.map((series) => layoutOf(convention, series)));
}
