/** Layouts of torrents as data: their files, and which of them plays what is asked for. */
import { readFileSync } from 'node:fs';
import { chooseFile } from '../../../../src/lib/file-choice/choose-file.ts';
import type {
  FileChoice,
  ListedFile,
  NoFile,
  WantedVideo,
} from '../../../../src/lib/file-choice/listed-file.ts';

/** Path and size in MB. */
export type FileRow = readonly [string, number];

export interface Ask extends Partial<Omit<WantedVideo, 'type' | 'names' | 'year' | 'torrentName'>> {
  /** Path of the file that is right, or why there is none. */
  readonly plays: string;
}

export interface Layout {
  /** What is special about it. */
  readonly layout: string;
  readonly torrent: string;
  readonly type: WantedVideo['type'];
  readonly names: readonly string[];
  readonly year: number;
  /** An episode is in more than one of its files. */
  readonly holdsTwice?: boolean;
  readonly files: readonly FileRow[];
  readonly asks: readonly Ask[];
}

// The compiled file is two folders below the root, `dist/test/…`.
const FOLDER = 'test/unit/lib/file-choice';
export const GENERATED = `${FOLDER}/generated.jsonl`;
const MB = 1_000_000;
const REFUSALS: ReadonlySet<string> = new Set<NoFile>([
  'no_video_file_found',
  'episode_not_found',
  'no_matching_file',
]);

export function readLayouts(): Layout[] {
  return [GENERATED, `${FOLDER}/by-hand.jsonl`].flatMap((path) =>
    readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Layout),
  );
}

export function filesOf({ files }: Layout): ListedFile[] {
  return files.map(([path, size]) => ({ path, sizeBytes: Math.round(size * MB) }));
}

export function wantedOf({ type, names, year, torrent }: Layout, ask: Ask): WantedVideo {
  const { plays: _, fileSizeBytes = 0, ...facts } = ask;
  return {
    type,
    names,
    year,
    season: 0,
    episode: 0,
    isAnime: false,
    absoluteEpisode: 0,
    episodesInSeason: 0,
    airDate: '',
    torrentName: torrent,
    filename: '',
    fileIndex: -1,
    fileCount: 0,
    ...facts,
    fileSizeBytes: Math.round(fileSizeBytes * MB),
  };
}

/** Path of the chosen file, or the reason of the refusal. */
export function answerOf(choice: FileChoice<ListedFile>): string {
  return 'file' in choice ? choice.file.path : choice.none;
}

export function answer(layout: Layout, ask: Ask): string {
  return answerOf(chooseFile(filesOf(layout), wantedOf(layout, ask)));
}

export function isRefusal(text: string): boolean {
  return REFUSALS.has(text);
}
