/** Variables of live streams. */
import { boolean, bucketUrl, integer, originList, text, token, url } from './parsers.ts';
import { optional, variable } from './variable.ts';

export const LIVE_VARIABLES = {
  LIVE_CREATION_OPEN: variable({
    parser: boolean,
    fallback: false,
    effect:
      'Whoever may use the instance may make live streams. Otherwise that takes `API_PASSWORD` (`X-API-Key: …`).',
  }),
  LIVE_WINDOW_SEGMENTS: variable({
    parser: integer(3, 1000),
    fallback: 10,
    unit: 'segments',
    effect: 'Segments in the playlist of a live stream; its recording has all of them.',
  }),
  LIVE_SEGMENT_MAX_MB: variable({
    parser: integer(1, 256),
    fallback: 16,
    unit: 'MB',
    effect: 'Largest segment that an encoder may send.',
  }),
  HTTP_BODIES_MAX_MB: variable({
    parser: integer(1, 1_000_000),
    fallback: 256,
    unit: 'MB per process',
    effect:
      'What bodies of requests take together while they come and are worked on: segments of live streams, imports. One more is ' +
      'answered 503.',
  }),
  LIVE_DISK_MAX_MB: variable({
    parser: integer(1, 1_000_000_000),
    fallback: 20_480,
    unit: 'MB',
    effect:
      'What live streams and recordings may hold in `DATA_DIR` or the store; beyond it segments get 503.',
  }),
  LIVE_S3_URL: variable({
    parser: optional(bucketUrl),
    fallback: null,
    effect:
      'Bucket of an S3-compatible store, by path, perhaps with a folder of it, that holds segments in place of `DATA_DIR`.',
  }),
  LIVE_S3_REGION: variable({
    parser: token,
    fallback: 'us-east-1',
    effect: 'Region that calls to `LIVE_S3_URL` are signed for; stores that have none take any.',
  }),
  LIVE_S3_ACCESS_KEY: variable({
    parser: optional(token),
    fallback: null,
    effect: 'Access key of `LIVE_S3_URL`: it has to list, get, put and delete objects.',
    mask: 'secret',
  }),
  LIVE_S3_SECRET_KEY: variable({
    parser: optional(token),
    fallback: null,
    effect: 'Secret key that belongs to `LIVE_S3_ACCESS_KEY`.',
    mask: 'secret',
  }),
  LIVE_BITRATE_STREAMS_MAX: variable({
    parser: integer(16, 100_000),
    fallback: 1000,
    unit: 'streams',
    effect:
      'Live streams whose bitrate a process knows. Beyond it, who sent nothing for 30 s makes room; others are not measured.',
  }),
  CHAT_SOCKETS_MAX: variable({
    parser: integer(1, 1_000_000),
    fallback: 20_000,
    unit: 'WebSockets',
    effect:
      'WebSockets of chats that one process holds; each takes a file descriptor (`ulimit -n`) and some 10 KB.',
  }),
  CHAT_SOCKETS_PER_STREAM_MAX: variable({
    parser: integer(1, 1_000_000),
    fallback: 20_000,
    unit: 'WebSockets',
    effect: 'WebSockets that one process holds beside one live stream.',
  }),
  CHAT_SOCKETS_PER_ADDRESS_MAX: variable({
    parser: integer(1, 1_000_000),
    fallback: 50,
    unit: 'WebSockets',
    effect:
      'WebSockets of chats that one process holds for one client address (IPv6: a /64 network).',
  }),
  WEBSOCKET_ORIGINS: variable({
    parser: originList,
    fallback: [],
    fallbackText: 'our own',
    effect:
      'Origins of pages elsewhere that may open WebSockets, or `*` for all. Pages of this server may, and clients that are ' +
      'no browser.',
  }),
  LIVE_DELETED_KEEP_DAYS: variable({
    parser: integer(0, 3650),
    fallback: 7,
    unit: 'days',
    effect: 'How long what was sent of a deleted stream is kept, for its owner to restore it.',
  }),
  LIVE_ANNOUNCE_URL: variable({
    parser: optional(url(['http', 'https'], 'https://chat.example.org/hooks/1')),
    fallback: null,
    effect:
      'Told by `POST` of each stream that begins: JSON with `event`, `id`, `title`, and `page` where `HOST_URL` is set.',
    mask: 'url',
  }),
  TRANSCODE_ON_DEMAND: variable({
    parser: boolean,
    fallback: false,
    effect:
      'Recordings have transcoded streams beside their own in the live add-on, each made when somebody plays it first.',
  }),
  FFMPEG_PATH: variable({
    parser: text(4096),
    fallback: 'ffmpeg',
    effect:
      'The ffmpeg that makes transcodes, 4.4 or later: a file, or a name that is looked for in `PATH`; ffprobe is beside it.',
  }),
  TRANSCODE_THREADS: variable({
    parser: optional(integer(1, 256)),
    fallback: null,
    fallbackText: 'half of the cores',
    unit: 'threads per decoder and encoder',
    effect: 'Threads of a transcode.',
  }),
  TRANSCODE_NICE: variable({
    parser: integer(0, 19),
    fallback: 15,
    effect:
      'How much transcodes give way to everything else on the machine: 0 not at all, 19 the most.',
  }),
  TRANSCODE_DISK_MAX_MB: variable({
    parser: integer(1, 1_000_000_000),
    fallback: 20_480,
    unit: 'MB',
    effect:
      'What transcodes may hold in `DATA_DIR`. Those that were played longest ago make room; where none may, new ones fail.',
  }),
  TRANSCODE_KEEP_DAYS: variable({
    parser: integer(1, 3650),
    fallback: 14,
    unit: 'days',
    effect: 'How long a transcode is kept that nobody plays.',
  }),
} as const;
