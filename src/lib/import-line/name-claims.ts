/**
 * Torrents whose attributes a line leaves to their names. Reading names is most of the work of an import, so the library is
 * asked first which of these it has by the same name.
 */
import { AppError } from '../errors.ts';
import { lineValue, visitLines, type LineFormat } from './line-values.ts';
import { isTitleLine, readStreamLine, type LineStream, type StreamLine } from './stream-line.ts';
import type { LineId } from './title-line.ts';

export interface NameClaim {
  readonly line: number;
  readonly infohash: string;
  readonly stream: LineStream;
  readonly type: string;
  readonly publicId: string;
  /** The surest id of its title that anybody else gives, else our own. */
  readonly title: LineId;
  /** Nothing but the name says what it plays, and the library can be asked for all that it says. */
  readonly isPlain: boolean;
}

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
  const { infohash, name, codes, group, files, part, isPrivate } = stream;
  if (infohash === null || name === '' || codes !== undefined || group !== undefined) return null;
  const { type, publicId, ids } = title;
  const [own, known = own, ...others] = ids;
  if (known === undefined) return null;
  const isPlain = files.length === 0 && part === undefined && !isPrivate && others.length === 0;
  return { line, infohash, stream, type, publicId, title: known, isPlain };
}
