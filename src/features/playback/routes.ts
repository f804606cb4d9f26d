/**
 * `/playback/{token}/{infohash}/…`: a redirect to the file, or to a short video that says what is wrong, for players show
 * neither error bodies nor statuses. The paths of other servers' links stay valid with the configurations that were made there.
 */
import { LRUCache } from 'lru-cache';
import { growsTo } from '../../lib/reuse/growing-lru.ts';
import { Representation } from '../../http/representation.ts';
import type { Reply, Request, Route } from '../../http/route.ts';
import { AppError } from '../../lib/errors.ts';
import type { ServiceEntry } from '../../lib/user-config/own-services.ts';
import { UNREADABLE_CODES, type UserContexts } from '../configure/contract.ts';
import type { NzbFiles } from '../sources/contract.ts';
import type { Accounts, PlayingAccount } from './accounts.ts';
import type { LinkCheck } from './link-check.ts';
import { linkToken, linkedFile, type LinkPath } from './link-path.ts';
import type { Resolution } from './resolution.ts';
import type { Resolver, ViewerPlay } from './resolver.ts';
import { legacyRoutes } from './legacy-routes.ts';
import { videoTypeOf } from './video-type.ts';

export interface PlaybackRouteParts {
  readonly accounts: Accounts;
  readonly contexts: UserContexts;
  readonly resolver: Resolver;
  readonly links: LinkCheck;
  readonly nzbs: NzbFiles;
  /** Signs links to Usenet posts. */
  readonly digest: (text: string) => string;
  /** Told of every play that was begun. Returns at once. */
  readonly onPlay: (play: ViewerPlay) => void;
  /** Deadline of a request in milliseconds. */
  readonly timeoutMs: number;
}

/** mpv asks the first address again at every seek, unless it may keep the answer. */
const MAX_AGE_S_MAX = 300;
const CACHE_POLICY = `private, max-age=${MAX_AGE_S_MAX}; failures: no-store`;
const NO_STORE = ['Cache-Control', 'no-store'];
const NO_BYTES = new Uint8Array();
const HTTP_FOUND = 302;
const HTTP_OK = 200;
const SERVER_FAILURE_MIN = 500;

/** Of plays that go on: players ask for each again and again. */
const KNOWN_PLAYS_MAX = 10_000;
/** Few links of ours are longer: those to Usenet posts with long addresses. */
const KNOWN_PATH_CHARS_MAX = 400;

/** Where the account of a link is from. */
interface EntrySource {
  /** What is known at once. */
  peek(request: Request): ServiceEntry | undefined;
  find(request: Request): Promise<PlayingAccount>;
}

export function playbackRoutes(parts: PlaybackRouteParts): readonly Route[] {
  const handlers = new PlaybackHandlers(parts);
  const { accounts, timeoutMs } = parts;
  const ofToken: EntrySource = {
    peek: ({ parameters }) => accounts.peek(parameters[0] ?? ''),
    find: (request) => accounts.find(linkToken(request.parameters[0] ?? ''), request.signal),
  };
  const ofConfig: EntrySource = {
    peek: () => undefined,
    find: (request) => handlers.configured(request),
  };
  return [
    ...rows('playback', '/playback/:token', handlers, ofToken, 1, timeoutMs),
    ...rows(
      'legacy-playback',
      '/streaming_provider/:config/playback/:provider',
      handlers,
      ofConfig,
      2,
      timeoutMs,
    ),
    ...legacyRoutes(toVideo),
  ];
}

/** @param from index of the infohash among the parameters */
function rows(
  name: string,
  head: string,
  handlers: PlaybackHandlers,
  entries: EntrySource,
  from: number,
  timeoutMs: number,
): readonly Route[] {
  const row = (
    suffix: string,
    tail: string,
    path: (parameters: readonly string[]) => LinkPath,
  ): Route => ({
    name: `${name}${suffix}`,
    access: name === 'playback' ? 'open' : 'install',
    traffic: 'playback',
    pattern: `${head}/:infohash${tail}`,
    cachePolicy: CACHE_POLICY,
    timeoutMs,
    requestHeaders: ['range'],
    handler: (request) =>
      handlers.playKnown(request, entries) ??
      handlers.play(request, path(request.parameters.slice(from)), entries),
  });
  return [
    row('', '', ([infohash = '']) => ({ infohash })),
    row('-file', '/:filename', ([infohash = '', filename]) => ({ infohash, filename })),
    row('-episode', '/:season/:episode', ([infohash = '', season, episode]) => ({
      infohash,
      season,
      episode,
    })),
    row(
      '-episode-file',
      '/:season/:episode/:filename',
      ([infohash = '', season, episode, filename]) => ({ infohash, season, episode, filename }),
    ),
  ];
}

class PlaybackHandlers {
  readonly #parts: PlaybackRouteParts;
  readonly #plays = new LRUCache<string, ViewerPlay>(growsTo(KNOWN_PLAYS_MAX));

  constructor(parts: PlaybackRouteParts) {
    this.#parts = parts;
  }

  /** What was played before and is known still, at once; null: `play` does it. */
  playKnown(request: Request, entries: EntrySource): Reply | Promise<Reply> | null {
    const play = this.#plays.get(playKey(request));
    if (play === undefined || entries.peek(request) !== play.entry) return null;
    return this.#answer(request, play);
  }

  /** @throws AppError `playback.bad-link` for a malformed path */
  async play(request: Request, path: LinkPath, entries: EntrySource): Promise<Reply> {
    const { links, resolver, digest } = this.#parts;
    const file = linkedFile(path, digest);
    let account: PlayingAccount;
    try {
      account = await entries.find(request);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (UNREADABLE_CODES.has(error.code)) return toVideo(request, 'invalid_config');
      if (request.signal.aborted || error.status < SERVER_FAILURE_MIN) throw error;
      return replyOf(request, resolver.failureOf(error, request.signal));
    }
    const play = { ...account, file, viewerIp: links.publicAddress(request.clientAddress) };
    if (account.entry.newsServer() !== '') return this.#nzb(request, play);
    if (request.path.length <= KNOWN_PATH_CHARS_MAX) this.#plays.set(playKey(request), play);
    return this.#answer(request, play);
  }

  /** For players that fetch posts by themselves. @throws AppError of the indexer, `playback.bad-link` */
  async #nzb(request: Request, play: ViewerPlay): Promise<Reply> {
    const { entry, file } = play;
    if (file.nzb === null)
      throw new AppError('playback.bad-link', 'a news server plays Usenet posts alone');
    const isHead = request.method === 'HEAD';
    const nzb = isHead
      ? NO_BYTES
      : await this.#parts.nzbs.read(file.nzb.locator, entry.indexers(), request.signal);
    if (!isHead) this.#parts.onPlay(play);
    const options = {
      contentType: 'application/x-nzb',
      cacheControl: 'private, no-store',
      compressible: !isHead,
    };
    return { status: HTTP_OK, representation: new Representation(nzb, options) };
  }

  #answer(request: Request, play: ViewerPlay): Reply | Promise<Reply> {
    const { resolver } = this.#parts;
    if (request.method === 'HEAD') {
      const known = resolver.peek(play);
      return known === undefined
        ? resolver
            .find(play, request.signal)
            .then((found) => headReply(request, found, play.file.filename))
        : replyOf(request, known);
    }
    const resolution = resolver.resolve(play, request.header('range'), request);
    return resolution instanceof Promise
      ? resolution.then((late) => this.#resolved(request, play, late))
      : this.#resolved(request, play, resolution);
  }

  #resolved(request: Request, play: ViewerPlay, resolution: Resolution): Reply {
    if (resolution.kind === 'link') this.#parts.onPlay(play);
    return replyOf(request, resolution);
  }

  /** The enabled service of that name, else the first one. @throws AppError `debrid.no-credentials` */
  async configured(request: Request): Promise<PlayingAccount> {
    const [segment = '', provider = ''] = request.parameters;
    const { services } = await this.#parts.contexts.resolve(segment, request);
    const named = services.all.find(({ entry }) => entry.service.service === provider);
    const found = named ?? services.all[0];
    if (found === undefined)
      throw new AppError('config.bad-token', 'no service of this configuration plays torrents');
    return { entry: found.entry, profileId: services.profileId };
  }
}

function playKey({ path, clientAddress }: Request): string {
  return `${path} ${clientAddress}`;
}

/** Nothing is asked, counted or downloaded for it: what is not known yet is told from the name. */
function headReply(request: Request, known: Resolution | undefined, filename: string): Reply {
  if (known !== undefined) return replyOf(request, known);
  return {
    status: HTTP_OK,
    representation: new Representation(NO_BYTES, {
      contentType: videoTypeOf(filename),
      cacheControl: 'no-store',
      compressible: false,
    }),
    headers: ['Accept-Ranges', 'bytes'],
  };
}

function replyOf(request: Request, resolution: Resolution): Reply {
  if (resolution.kind === 'failure') return toVideo(request, resolution.video);
  const leftS = Math.floor((resolution.expiresAtMs - Date.now()) / 1000);
  const maxAgeS = Math.max(0, Math.min(MAX_AGE_S_MAX, leftS));
  return {
    status: HTTP_FOUND,
    representation: null,
    headers: ['Location', resolution.url, 'Cache-Control', `private, max-age=${maxAgeS}`],
  };
}

function toVideo({ baseUrl }: Request, video: string): Reply {
  return {
    status: HTTP_FOUND,
    representation: null,
    headers: ['Location', `${baseUrl}/static/exceptions/${video}.mp4`, ...NO_STORE],
  };
}
