/** qBittorrent's Web API with a session of its own for each account: plain words as answers, versions that differ. */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { objectsOf } from '../../../lib/json/json-fields.ts';
import type { JsonObject } from '../../../lib/json/json-value.ts';
import type { ServiceEntry } from '../../../lib/user-config/own-services.ts';
import type { UpstreamAnswer } from '../../../platform/upstream/upstream.ts';
import { fixedBearer, renewedBearer, type AccessToken, type Bearer } from '../access-tokens.ts';
import { debridFailure } from '../failures.ts';
import { openPersonal, type DebridTools } from '../open-service.ts';
import { ServiceApi, type ApiRequest } from '../service-api.ts';

export const QBITTORRENT = 'qBittorrent';
/** It forgets a session that was not used for an hour, unless it was told otherwise. */
const SESSION_MS = 3_000_000;
const SESSION_COOKIE = /(?:^|[\s,;])((?:QBT_)?SID[^=\s]*=[^;,\s]+)/;

type Form = Readonly<Record<string, string>>;

export class QbittorrentApi {
  readonly #entry: ServiceEntry;
  readonly #api: ServiceApi;
  readonly #session: Bearer;

  constructor(entry: ServiceEntry, tools: DebridTools) {
    const base = entry.text('qbc.qur').replace(/\/+$/, '');
    this.#entry = entry;
    this.#api = new ServiceApi({
      service: 'qbittorrent',
      name: QBITTORRENT,
      base: `${base}/api/v2`,
      upstream: openPersonal('qbittorrent', base, entry.accountKey, tools),
      failureIn: () => null,
    });
    this.#session = this.#hasLogin
      ? renewedBearer(entry.accountKey, (signal) => this.#logIn(signal), tools.tokens)
      : fixedBearer('');
  }

  /** Proves name and password: with the cookie of a live session any password would be right. Its version. */
  async verify(signal: CancelSignal): Promise<string> {
    const cookie = this.#hasLogin ? (await this.#logIn(signal)).token : '';
    const answer = await this.#api.send(withCookie({ path: '/app/version', signal }, cookie));
    const version = /^\s*(v?\d[\w.+-]{0,30})\s*$/.exec(wordsOf(answer))?.[1];
    if (answer.status !== 200 || version === undefined) throw this.#api.unreadable(answer);
    return version;
  }

  /** Rows of a list. @throws AppError `debrid.not-found` where it knows no such torrent */
  async rows(path: string, query: Form, signal: CancelSignal): Promise<readonly JsonObject[]> {
    const rows = await this.#session.use(signal, async (cookie) => {
      const answer = await this.#api.send(withCookie({ path, query, signal }, cookie));
      if (answer.status === 404 && /^Not Found/i.test(wordsOf(answer)))
        throw debridFailure('debrid.not-found', QBITTORRENT);
      return this.#api.read(answer);
    });
    if (!Array.isArray(rows)) throw this.#api.badAnswer('a list was expected');
    return objectsOf(rows);
  }

  /** Takes a magnet link; false for one that it holds already, or cannot read. */
  async add(form: Form, signal: CancelSignal): Promise<boolean> {
    const answer = await this.#post('/torrents/add', form, signal);
    const words = wordsOf(answer);
    if (answer.status === 409 || (answer.status === 200 && /^Fails\.$/.test(words))) return false;
    if (answer.status === 415) throw debridFailure('debrid.add-failed', QBITTORRENT);
    const isTaken = /^Ok\.$/.test(words) || /"success_count"\s*:\s*[1-9]/.test(words);
    if (answer.status !== 200 || !isTaken) throw this.#api.unreadable(answer);
    return true;
  }

  /** Lets a torrent go on: `start` since version 5, `resume` before. */
  async start(hash: string, signal: CancelSignal): Promise<void> {
    const form = { hashes: hash };
    const answer = await this.#post('/torrents/start', form, signal);
    if (answer.status === 404) await this.command('/torrents/resume', form, signal);
    else this.#requireDone(answer);
  }

  /** A call whose answer says nothing. */
  async command(path: string, form: Form, signal: CancelSignal): Promise<void> {
    this.#requireDone(await this.#post(path, form, signal));
  }

  get #hasLogin(): boolean {
    return this.#entry.text('qbc.qus') !== '' || this.#entry.text('qbc.qpw') !== '';
  }

  #post(path: string, form: Form, signal: CancelSignal): Promise<UpstreamAnswer> {
    return this.#session.use(signal, async (cookie) => {
      const answer = await this.#api.send(withCookie({ path, form, signal }, cookie));
      if (answer.status === 403 || answer.status === 401) throw this.#api.unreadable(answer);
      return answer;
    });
  }

  #requireDone(answer: UpstreamAnswer): void {
    if (answer.status !== 200 && answer.status !== 204) throw this.#api.unreadable(answer);
  }

  /** Without a cookie, always. */
  async #logIn(signal: CancelSignal): Promise<AccessToken> {
    const form = { username: this.#entry.text('qbc.qus'), password: this.#entry.text('qbc.qpw') };
    const answer = await this.#api.send({ path: '/auth/login', form, signal });
    const words = wordsOf(answer);
    if (answer.status === 403 && /banned/i.test(words))
      throw debridFailure('debrid.ip-not-allowed', QBITTORRENT, 'too many wrong passwords');
    if (answer.status === 401 || answer.status === 403 || /^Fails\.$/.test(words))
      throw debridFailure('debrid.bad-login', QBITTORRENT, `HTTP ${answer.status}`);
    if (answer.status !== 204 && !(answer.status === 200 && /^Ok\.$/.test(words)))
      throw this.#api.unreadable(answer);
    // None is set for addresses that need no login.
    const cookie = SESSION_COOKIE.exec(answer.header('set-cookie'))?.[1] ?? '';
    return { token: cookie, lifetimeMs: SESSION_MS };
  }
}

function withCookie(request: ApiRequest, cookie: string): ApiRequest {
  return cookie === '' ? request : { ...request, headers: { cookie } };
}

/** Of an answer in plain words. */
function wordsOf({ bytes }: UpstreamAnswer): string {
  return Buffer.from(bytes.subarray(0, 1000)).toString('utf8').trim();
}
