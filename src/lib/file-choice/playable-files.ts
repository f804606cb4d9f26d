/** Which files of a torrent are videos that play by themselves. */
import { isPaddingPath } from '../torrent/padding.ts';
import { baseName, type ListedFile } from './listed-file.ts';

/** Disc images and archives are none: no player plays them through a link. */
const VIDEO =
  /\.(?:mkv|mp4|m4v|avi|mov|wmv|asf|webm|flv|f4v|mpg|mpeg|m2v|m2ts|mts|ts|vob|ogv|ogm|divx|xvid|rm|rmvb|3gp|mk3d)$/i;
/** The parts of a DVD: a film is cut into files of a gigabyte, and menus look the same. */
const DVD_PART = /(?:^|\/)VIDEO_TS\/|(?:^|\/)(?:VTS_\d\d_\d|VIDEO_TS)\.VOB$/i;
const BLU_RAY_STREAM = /(?:^|\/)BDMV\/STREAM\/|(?:^|\/)STREAM\/\d{5}\.m2ts$/i;

export function isPlayable({ path }: ListedFile): boolean {
  return (
    VIDEO.test(path) &&
    !baseName(path).startsWith('._') &&
    !isPaddingPath(path) &&
    !DVD_PART.test(path)
  );
}

/** One of the numbered streams of a Blu-ray: its name says nothing of what it plays. */
export function isDiscStream({ path }: ListedFile): boolean {
  return BLU_RAY_STREAM.test(path);
}
