/** What a `.torrent` file or a magnet link says, as something to import. */
import { AppError } from '../../../lib/errors.ts';
import type { LineStream } from '../../../lib/import-line/stream-line.ts';
import { parseMagnet } from '../../../lib/torrent/magnet.ts';
import { readTorrent } from '../../../lib/torrent/torrent-file.ts';
import { UNKNOWN_STREAM } from './unknown-stream.ts';

/** Players and services know torrents by the hash of version 1. */
const ONLY_V2 =
  'a torrent of version 2 alone: expected one of version 1, or of both, which players and services know by its infohash';

/** @throws AppError `torrent.bad-file` */
export function torrentStream(bytes: Uint8Array): LineStream {
  const { infohash, name, isPrivate, files, sizeBytes, trackers } = readTorrent(bytes);
  if (infohash === null) throw new AppError('torrent.bad-file', ONLY_V2);
  if (files.length === 0) throw new AppError('torrent.bad-file', 'it has no files');
  return {
    ...UNKNOWN_STREAM,
    kind: 'torrent',
    infohash,
    name,
    isPrivate,
    trackers,
    sizeBytes,
    files: files.map((file) => ({ ...file, part: undefined })),
  };
}

/** @throws AppError `import.bad-line` */
export function magnetStream(link: string): LineStream {
  const magnet = parseMagnet(link);
  if (magnet === null)
    throw new AppError(
      'import.bad-line',
      'no magnet link of a torrent: expected magnet:?xt=urn:btih:…',
    );
  const { infohash, name, sizeBytes, trackers } = magnet;
  if (infohash === null) throw new AppError('import.bad-line', ONLY_V2);
  return { ...UNKNOWN_STREAM, kind: 'torrent', infohash, name, sizeBytes, trackers };
}
