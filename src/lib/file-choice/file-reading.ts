/** What a file's path says of the episode that it plays. */
import { parseReleaseTitle } from '../release-title/parse.ts';
import type { ReleaseTitle } from '../release-title/release-title.ts';
import { plainText } from '../search-text.ts';
import { withoutExtension } from './extras.ts';
import { beginsWithNumber, fileNumbers, type FileNumbers } from './file-numbers.ts';
import { folderFacts, SPECIAL_SEASON, type FolderFacts } from './folder-facts.ts';
import { baseName, foldersOf, type ListedFile } from './listed-file.ts';

/** The numbers of its name, completed by those of its folders. */
export interface FileReading<F extends ListedFile> extends FileNumbers {
  readonly file: F;
  /** Name of the series, in words as they are compared; empty when neither the name nor a folder says it. */
  readonly series: string;
  /** 0 when unknown. */
  readonly seriesYear: number;
}

const NUMBER =
  '(?:\\d|[ivx]+(?![a-z])|(?:one|two|three|four|five|six|seven|eight|nine|ten)(?![a-z]))';
const EPISODE_WORDS =
  'ep?|eps|episode|episodio|aflevering|folge|cap|capitulo|part|pt|teil|parte|partie|afsnit|avsnitt|odcinek|' +
  'bolum|серия|第|#';
/** `E05`, `S01E05`, `Episode 5`, `Part 3`, `第05話`: the name of the episode follows, if any. */
const EPISODE_FIRST = new RegExp(
  `^(?:s\\d{1,4}[-._ ]{0,3}e?\\d{1,4}|\\[?\\d{1,2}[x.]\\d{1,3}|(?:${EPISODE_WORDS})[-._ #]*${NUMBER})`,
  'i',
);

/** Reads paths of one torrent; each folder once. */
export class PathReader {
  readonly #folders = new Map<string, FolderFacts>();

  read<F extends ListedFile>(file: F): FileReading<F> {
    const folders = foldersOf(file.path).map((folder) => this.#factsOf(folder));
    const name = baseName(file.path).replaceAll('【', '[').replaceAll('】', ']');
    const stem = withoutExtension(name);
    const parsed = parseReleaseTitle(name, { path: false, isEpisodeFile: true });
    const numbers = completed(fileNumbers(stem, parsed), folders);
    return { ...numbers, ...seriesOf(parsed, stem, numbers, folders), file };
  }

  #factsOf(folder: string): FolderFacts {
    const known = this.#folders.get(folder);
    if (known !== undefined) return known;
    const facts = folderFacts(folder);
    this.#folders.set(folder, facts);
    return facts;
  }
}

/** The season is that of the nearest folder with one, the episode that of a folder around a single file. */
function completed(numbers: FileNumbers, folders: readonly FolderFacts[]): FileNumbers {
  const { isExplicit, episodes, isLoose, date, part } = numbers;
  const isSilent = !isExplicit && date === '' && part === 0 && (episodes.length === 0 || isLoose);
  const [nearest] = folders;
  const ofFolder = isSilent ? (nearest?.episodes ?? []) : [];
  const season = numbers.season ?? folders.find((folder) => folder.season !== undefined)?.season;
  const isFolderEpisode = ofFolder.length > 0;
  return {
    ...numbers,
    season,
    isExplicit: isExplicit || isFolderEpisode,
    episodes: isFolderEpisode ? ofFolder : episodes,
    isLoose: isLoose && !isFolderEpisode,
    isSpecial: numbers.isSpecial || season === SPECIAL_SEASON,
  };
}

/** The name's own words before its number, else those of the nearest folder that has some. */
function seriesOf(
  { title, year = 0, episodes }: ReleaseTitle,
  stem: string,
  { date, isExplicit }: FileNumbers,
  folders: readonly FolderFacts[],
): Pick<FileReading<ListedFile>, 'series' | 'seriesYear'> {
  const isDated = date !== '';
  const endsInNumber = episodes.length === 0 && !isDated;
  const own = endsInNumber ? withoutNumber(plainText(title)) : plainText(title);
  const isEpisodeFirst =
    EPISODE_FIRST.test(stem) ||
    EPISODE_FIRST.test(plainText(stem)) ||
    (!isExplicit && beginsWithNumber(stem));
  // A year beside a date is the date's.
  if (own !== '' && !isEpisodeFirst) return { series: own, seriesYear: isDated ? 0 : year };
  const folder = folders.find((facts) => facts.title !== '');
  return {
    series: plainText(folder?.title ?? ''),
    seriesYear: isDated ? 0 : (folder?.year ?? 0),
  };
}

/** `Show 05`, `Show Part 3` */
function withoutNumber(name: string): string {
  return name
    .replace(/(?:(?:^| )(?:part|pt|episode|ep|folge|cap|no))?(?:^| )(?:\d{1,4}|[ivx]{1,4})$/, '')
    .trim();
}
