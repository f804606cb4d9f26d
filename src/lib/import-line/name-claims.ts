/**
 * Torrents whose attributes a line leaves to their names. Reading names is most of the work of an import, so the library is
 * asked first which of these it has by the same name.
 */
import { AppError } from '../errors.ts';
import { lineValue, visitLines, type LineFormat } from './line-values.ts';
import { isTitleLine, readStreamLine, type LineStream, type StreamLine } from './stream-line.ts';
import type { Placement } from '../title-match/title-facts.ts';
import type { LineId } from './title-line.ts';

export interface NameClaim {
  readonly line: number;
  readonly infohash: string;
  readonly stream: LineStream;
  readonly type: string;
  readonly publicId: string;
  /** The surest id of its title that anybody else gives, else our own. */
  readonly title: LineId;
  /** Further ids of it. */
  readonly otherIds: readonly LineId[];
  /** What it plays, as far as the line says it itself; empty where its name does. */
  readonly links: readonly ClaimedLink[];
}

/** A file, and what it plays; without that, its name says it. Of the whole stream: -1, an empty path and 0. */
export type ClaimedLink = readonly [
  index: number,
  path: string,
  sizeBytes: number,
  season?: number,
  episodeFrom?: number,
  episodeTo?: number,
];

/** Lines that cannot be read are passed over: whoever stages them says why. */
export function nameClaims(
  bytes: Uint8Array,
  firstLine: number,
  format: LineFormat,
  header: readonly string[],
): readonly NameClaim[] {
  const claims: NameClaim[] = [];
  visitLines(bytes, firstLine, (number, line) => {
    try {
      const value = lineValue(line, format, header);
      if (isTitleLine(value)) return;
      const claim = claimOf(number, readStreamLine(value));
      if (claim !== null) claims.push(claim);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
    }
  });
  return claims;
}

function claimOf(line: number, { stream, title }: StreamLine): NameClaim | null {
  const { infohash, name, codes, group } = stream;
  if (infohash === null || name === '' || codes !== undefined || group !== undefined) return null;
  const { type, publicId, ids } = title;
  const [own, known = own, ...otherIds] = ids;
  if (known === undefined) return null;
  const links = linksOf(stream);
  return { line, infohash, stream, type, publicId, title: known, otherIds, links };
}

function linksOf({ files, part }: LineStream): readonly ClaimedLink[] {
  if (files.length === 0) return part === undefined ? [] : [[...NO_FILE, ...placed(part)]];
  return files.map(({ index, path, sizeBytes, part: own }) => [
    index,
    path,
    sizeBytes,
    ...placed(own ?? part),
  ]);
}

const NO_FILE = [-1, '', 0] as const;

function placed(part: Placement | undefined): readonly [number, number, number] | readonly [] {
  return part === undefined ? [] : [part.season, part.episodeFrom, part.episodeTo];
}
