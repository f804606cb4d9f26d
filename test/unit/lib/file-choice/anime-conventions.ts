/** The ways in which packs of anime and of daily shows are named: episodes counted over all seasons, and dates. */
import type { Ask, FileRow, Layout } from './layout.ts';

interface Anime {
  readonly name: string;
  readonly year: number;
  /** Episodes of its seasons. */
  readonly seasons: readonly [number, number, number];
}

const ANIME: readonly Anime[] = [
  { name: 'Hoshi no Tabi', year: 2015, seasons: [12, 12, 13] },
  { name: 'Kumo 100', year: 2017, seasons: [25, 13, 12] },
  { name: 'Tetsuwan Robo', year: 2003, seasons: [26, 24, 26] },
];

interface AnimeConvention {
  readonly layout: string;
  readonly torrent: (name: string, season: number) => string;
  readonly path: (name: string, season: number, episode: number, absolute: number) => string;
  readonly seasons: readonly number[];
  readonly beside?: (name: string) => readonly FileRow[];
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}

function checksum(number: number): string {
  return ((number * 2_654_435_761) % 2 ** 32).toString(16).padStart(8, '0').toUpperCase();
}

const CONVENTIONS: readonly AnimeConvention[] = [
  {
    layout: 'fansub batch of the first season',
    seasons: [1],
    torrent: (name) => `[Group] ${name} [1080p][Batch]`,
    path: (name, _, e) => `[Group] ${name} - ${two(e)} [1080p][${checksum(e)}].mkv`,
  },
  {
    layout: 'fansub batch with credits, menus and trailers',
    seasons: [1],
    torrent: (name) => `[Group] ${name} (BD 1080p Hi10 FLAC)`,
    path: (name, _, e) =>
      `[Group]_${name.replaceAll(' ', '_')}_-_${two(e)}_[BD][1080p][${checksum(e)}].mkv`,
    beside: (name) => [
      [`Extras/[Group]_${name}_-_NCOP_01_[BD].mkv`, 90],
      [`[Group] ${name} - NCED 02 [BD].mkv`, 90],
      [`[Group] ${name} - Creditless ED 03.mkv`, 80],
      [`[Group] ${name} - Menu 04.mkv`, 40],
      [`PV/[Group] ${name} - PV 05.mkv`, 60],
      [`[Group] ${name} - 06.5 [BD].mkv`, 600],
      [`[Group] ${name} - OVA 02 [BD].mkv`, 620],
      ['Scans/cover 03.jpg', 3],
    ],
  },
  {
    layout: 'S2 - 01',
    seasons: [2],
    torrent: (name) => `[Group] ${name} S2 (1080p)`,
    path: (name, s, e) => `[Group] ${name} S${s} - ${two(e)} (1080p) [${checksum(e)}].mkv`,
  },
  {
    layout: '2nd Season - 01',
    seasons: [2],
    torrent: (name) => `[Group] ${name} 2nd Season`,
    path: (name, _, e) => `[Group] ${name} 2nd Season - ${two(e)}.mkv`,
  },
  {
    layout: 'II - 01',
    seasons: [2],
    torrent: (name) => `[Group] ${name} II [720p]`,
    path: (name, _, e) => `[Group] ${name} II - ${two(e)} [720p].mkv`,
  },
  {
    layout: 'counted over all seasons, no folders',
    seasons: [1, 2, 3],
    torrent: (name) => `[Group] ${name} Complete`,
    path: (name, _s, _e, a) => `[Group] ${name} - ${two(a)}.mkv`,
  },
  {
    layout: 'counted over all seasons, three digits',
    seasons: [1, 2, 3],
    torrent: (name) => `${name} complete series`,
    path: (name, _s, _e, a) => `${name} - ${String(a).padStart(3, '0')} - Title.avi`,
  },
  {
    layout: 'counted on in the folder of the last season',
    seasons: [3],
    torrent: (name) => `${name} Season 3`,
    path: (name, s, _, a) => `Season ${s}/${name} - ${two(a)}.mkv`,
  },
  {
    layout: 'counted on in folders of all seasons',
    seasons: [1, 2, 3],
    torrent: (name) => `${name} [Complete]`,
    path: (_, s, _e, a) => `Season ${two(s)}/${two(a)}.mkv`,
  },
  {
    layout: 'all seasons, SxxEyy in folders',
    seasons: [1, 2, 3],
    torrent: (name) => `${name} S01-S03 1080p Dual Audio`,
    path: (name, s, e) => `Season ${s}/${name} - S${two(s)}E${two(e)}.mkv`,
    beside: (name) => [
      [`Specials/${name} - S00E01.mkv`, 500],
      [`Specials/${name} - S00E02.mkv`, 500],
    ],
  },
  {
    layout: 'one season in the count of the whole',
    seasons: [1, 2, 3],
    torrent: (name) => `${name} S01 1080p WEB`,
    path: (name, _s, _e, a) => `${name} S01E${two(a)} 1080p WEB.mkv`,
  },
  {
    layout: 'names with second versions',
    seasons: [1],
    torrent: (name) => `[Group] ${name}`,
    path: (name, _, e) => `[Group] ${name} - ${two(e)}${e % 3 === 0 ? 'v2' : ''} [480p].mkv`,
  },
];

const MB_PER_EPISODE = 330;
const ASKED = [1, 2, 7];

function layoutOf(convention: AnimeConvention, anime: Anime): Layout {
  const { name, year } = anime;
  const root = convention.torrent(name, convention.seasons[0] ?? 1);
  const pathOf = (season: number, episode: number): string =>
    `${root}/${convention.path(name, season, episode, episode + before(anime, season))}`;
  const files = convention.seasons.flatMap((season) =>
    Array.from({ length: lengthOf(anime, season) }, (_, index): FileRow => [
      pathOf(season, index + 1),
      MB_PER_EPISODE + ((index * 17) % 40),
    ]),
  );
  const beside = (convention.beside?.(name) ?? []).map(([path, size]): FileRow => [
    `${root}/${path}`,
    size,
  ]);
  return {
    layout: `${convention.layout}: ${name}`,
    torrent: root,
    type: 'series',
    names: [name],
    year,
    files: [...files, ...beside],
    asks: [1, 2, 3].flatMap((season) => asksOf(anime, season, convention, pathOf)),
  };
}

function before({ seasons }: Anime, season: number): number {
  return seasons.slice(0, season - 1).reduce((sum, length) => sum + length, 0);
}

function lengthOf({ seasons }: Anime, season: number): number {
  return seasons[season - 1] ?? 0;
}

/** First, second, seventh and last of every season, whether the pack has it or not. */
function asksOf(
  anime: Anime,
  season: number,
  { seasons }: AnimeConvention,
  pathOf: (season: number, episode: number) => string,
): readonly Ask[] {
  const episodesInSeason = lengthOf(anime, season);
  return [...ASKED, episodesInSeason].map((episode) => ({
    season,
    episode,
    isAnime: true,
    absoluteEpisode: episode + before(anime, season),
    episodesInSeason,
    plays: seasons.includes(season) ? pathOf(season, episode) : 'episode_not_found',
  }));
}

const DAYS = ['2024-03-04', '2024-03-05', '2024-03-06', '2024-03-07', '2024-04-03', '2023-03-05'];
const GUESTS = ['Ada Pole', 'The 4th Man', 'Lee 2024', 'Season Finale', 'Part 2', 'Bo Trailer'];
const DAILY: readonly (readonly [string, (date: string, guest: string) => string])[] = [
  [
    'dots and guest',
    (d, g) =>
      `The.Evening.Report.${d.replaceAll('-', '.')}.${g.replaceAll(' ', '.')}.720p.WEB.h264-GRP.mkv`,
  ],
  ['hyphens', (d, g) => `The Evening Report - ${d} - ${g}.mp4`],
  ['blanks', (d) => `The Evening Report ${d.replaceAll('-', ' ')} 1080p.mkv`],
  ['date alone in folders of months', (d) => `${d.slice(0, 7)}/${d}.mp4`],
  [
    'lower case',
    (d, g) =>
      `the.evening.report.${d.replaceAll('-', '.')}.${g.toLowerCase().replaceAll(' ', '.')}.480p.x264-grp.mkv`,
  ],
];

function dailyLayouts(): readonly Layout[] {
  return DAILY.map(([layout, nameOf]) => {
    const pathOf = (day: number): string =>
      `The Evening Report 2024/${nameOf(DAYS[day] ?? '', GUESTS[day] ?? '')}`;
    return {
      layout: `daily: ${layout}`,
      torrent: 'The Evening Report 2024',
      type: 'series',
      names: ['The Evening Report'],
      year: 2019,
      files: DAYS.map((_, day): FileRow => [pathOf(day), 800 + day * 13]),
      asks: [
        ...DAYS.map((airDate, day): Ask => ({
          season: 6,
          episode: 40 + day,
          airDate,
          plays: pathOf(day),
        })),
        { season: 6, episode: 50, airDate: '2024-03-08', plays: 'episode_not_found' },
        { season: 6, episode: 4, airDate: '', plays: 'episode_not_found' },
        { season: 3, episode: 5, airDate: '2022-03-05', plays: 'episode_not_found' },
      ],
    };
  });
}

export function animeLayouts(): readonly Layout[] {
  return [
    ...CONVENTIONS.flatMap((convention) => ANIME.map((anime) => layoutOf(convention, anime))),
    ...dailyLayouts(),
  ];
}
