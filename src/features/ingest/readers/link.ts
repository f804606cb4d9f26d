/** What an address leads to, as something to import: found out by asking for its type and size. */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { AppError } from '../../../lib/errors.ts';
import { acestreamId, httpUrl, youtubeId } from '../../../lib/import-line/locator.ts';
import type { LineStream } from '../../../lib/import-line/stream-line.ts';
import { parseInfohash } from '../../../lib/torrent/infohash.ts';
import { TORRENT_BYTES_MAX } from '../../../lib/torrent/torrent-file.ts';
import type { FetchedBytes, Fetcher } from '../../../platform/fetch/fetcher.ts';
import { NZB_BYTES_MAX, nzbStream } from './nzb.ts';
import { magnetStream, torrentStream } from './torrent.ts';
import { UNKNOWN_STREAM } from './unknown-stream.ts';

const TIMEOUT_MS = 20_000;
const NAME_CHARS_MAX = 300;
const PROBE_BYTES_MAX = 64 * 1024;
/** Of HEAD: it has no body, whatever length it names. */
const ANY_LENGTH = Number.MAX_SAFE_INTEGER;
const WITHOUT_HEAD: ReadonlySet<number> = new Set([403, 404, 405, 501]);
const VIDEO_TYPE =
  /^(?:video\/|application\/(?:vnd\.apple\.mpegurl|x-mpegurl|dash\+xml|mp4|x-matroska)|audio\/x?-?mpegurl)/;
const VIDEO_PATH = /\.(?:mkv|mp4|m4v|avi|mov|wmv|webm|flv|mpe?g|ts|m2ts|ogv|m3u8|mpd)$/i;
const ANY_TYPE = /^(?:application\/(?:octet-stream|x-download|force-download)|binary\/|)$/;

const EXPECTED =
  'expected a video, a .torrent, an NZB, a magnet link, an infohash, a YouTube address or acestream://…';

/**
 * @param text an address, a magnet link, an infohash, or the id of a service
 * @throws AppError `import.bad-line` saying what it is instead; `torrent.bad-file`; `fetch.…`
 */
export async function linkStream(
  fetcher: Fetcher,
  text: string,
  signal: CancelSignal,
): Promise<LineStream> {
  const link = text.trim();
  if (/^magnet:/i.test(link)) return magnetStream(link);
  const infohash = parseInfohash(link);
  if (infohash !== null) return { ...UNKNOWN_STREAM, kind: 'torrent', infohash };
  if (/^acestream:/i.test(link)) {
    const locator = acestreamId(link);
    if (locator !== null) return { ...UNKNOWN_STREAM, kind: 'acestream', locator };
  }
  const url = httpUrl(link);
  if (url === null)
    throw bad(`${JSON.stringify(link.slice(0, 80))} is nothing that can be imported`);
  const video = youtubeId(url);
  if (video !== null) return { ...UNKNOWN_STREAM, kind: 'youtube', locator: video };
  return httpStream(fetcher, url, signal);
}

async function httpStream(
  fetcher: Fetcher,
  url: string,
  signal: CancelSignal,
): Promise<LineStream> {
  const head = await headOf(fetcher, url, signal);
  const { contentType, name, sizeBytes } = head;
  const type = (contentType.split(';')[0] ?? '').trim();
  if (type === 'application/x-bittorrent' || /\.torrent$/i.test(name))
    return torrentStream(await fetchAll(fetcher, url, TORRENT_BYTES_MAX, signal));
  if (type === 'application/x-nzb' || /\.nzb$/i.test(name))
    return nzbStream(await fetchAll(fetcher, url, NZB_BYTES_MAX, signal), url, name);
  const isVideo = VIDEO_TYPE.test(type) || (ANY_TYPE.test(type) && VIDEO_PATH.test(name));
  if (!isVideo) throw bad(`what is there is ${type || 'of no type'}`);
  return { ...UNKNOWN_STREAM, kind: 'http', locator: url, name, sizeBytes };
}

interface Head {
  readonly contentType: string;
  readonly name: string;
  /** 0 when unknown. */
  readonly sizeBytes: number;
}

/** Servers that do not know HEAD are asked for the first byte. */
async function headOf(fetcher: Fetcher, url: string, signal: CancelSignal): Promise<Head> {
  const asked = await fetcher.fetchBytes(url, {
    signal,
    timeoutMs: TIMEOUT_MS,
    method: 'HEAD',
    bodyBytesMax: ANY_LENGTH,
  });
  if (isOk(asked)) return headFrom(asked, asked.header('content-length'));
  if (!WITHOUT_HEAD.has(asked.status)) throw notThere(asked);
  const first = await fetcher.fetchBytes(url, {
    signal,
    timeoutMs: TIMEOUT_MS,
    headers: { range: 'bytes=0-0' },
    bodyBytesMax: PROBE_BYTES_MAX,
  });
  if (!isOk(first)) throw notThere(first);
  const total = first.header('content-range').split('/')[1] ?? first.header('content-length');
  return headFrom(first, total);
}

function headFrom(answer: FetchedBytes, length: string): Head {
  const disposition = answer.header('content-disposition');
  const named = /filename="?([^";]+)"?/i.exec(disposition)?.[1] ?? '';
  const last = new URL(answer.url).pathname.split('/').at(-1) ?? '';
  return {
    contentType: answer.contentType,
    name: (named || decoded(last)).replaceAll(/[/\\]/g, '_').slice(0, NAME_CHARS_MAX),
    sizeBytes: /^\d{1,15}$/.test(length) ? Number(length) : 0,
  };
}

async function fetchAll(
  fetcher: Fetcher,
  url: string,
  bodyBytesMax: number,
  signal: CancelSignal,
): Promise<Uint8Array> {
  const answer = await fetcher.fetchBytes(url, {
    signal,
    timeoutMs: TIMEOUT_MS,
    bodyBytesMax,
    acceptsCompressed: true,
  });
  if (!isOk(answer)) throw notThere(answer);
  return answer.bytes;
}

function isOk({ status }: FetchedBytes): boolean {
  return status >= 200 && status < 300;
}

function notThere({ status }: FetchedBytes): AppError {
  return bad(`the server answers ${status}`);
}

function bad(why: string): AppError {
  return new AppError('import.bad-line', `${why}: ${EXPECTED}`);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
