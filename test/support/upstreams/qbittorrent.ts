/** qBittorrent 4.5's Web API (2.8.19), row by row as `docs` of real servers say, and a WebDAV share of what it has fetched. */
import {
  hasFailed,
  infohashIn,
  isReady,
  progressOf,
  type CloudAccount,
  type DebridCloud,
  type HeldTorrent,
} from './debrid-cloud.ts';
import {
  FakeUpstream,
  json,
  type Answer,
  type Asked,
  type UpstreamOptions,
} from './fake-upstream.ts';
import { webDavAnswer, type SharedFile, type WebDavOptions } from './webdav.ts';

export const DOWNLOADS = '/data/downloads';
const OK: Answer = { body: 'Ok.' };
const FAILS: Answer = { body: 'Fails.' };
const NOT_FOUND: Answer = { status: 404, body: 'Not Found' };
const BAD_REQUEST: Answer = { status: 400, body: 'Bad Request' };
const DONE: Answer = { status: 200 };
/** A look in which only the magnet link is known. */
const METADATA_LOOKS = 1;

export interface QbittorrentBehaviour {
  /** `5`: `start` and `stop` in place of `resume` and `pause`, `stoppedDL` for `pausedDL`. */
  readonly version?: 4 | 5;
  readonly share?: Partial<WebDavOptions>;
  /** v2 hash by infohash, for torrents that have both. */
  readonly hybrids?: ReadonlyMap<string, string>;
}

/** What it knows of a torrent beside what all services do. */
interface ClientRow {
  readonly form: URLSearchParams;
  isPaused: boolean;
  readonly priorities: Map<number, number>;
}

export class FakeQbittorrent {
  readonly #cloud: DebridCloud;
  readonly #behaviour: QbittorrentBehaviour;
  readonly #sessions = new Map<string, CloudAccount>();
  readonly rows = new Map<HeldTorrent, ClientRow>();
  logins = 0;

  constructor(cloud: DebridCloud, behaviour: QbittorrentBehaviour = {}) {
    this.#cloud = cloud;
    this.#behaviour = behaviour;
  }

  start(options: Partial<Omit<UpstreamOptions, 'answer'>> = {}): Promise<FakeUpstream> {
    return FakeUpstream.start({ ...options, answer: (asked) => this.#answer(asked) });
  }

  /** Ends all sessions, as a restart does. */
  forgetSessions(): void {
    this.#sessions.clear();
  }

  row(held: HeldTorrent): ClientRow {
    const known = this.rows.get(held);
    if (known !== undefined) return known;
    const row = {
      form: new URLSearchParams(),
      isPaused: false,
      priorities: new Map<number, number>(),
    };
    this.rows.set(held, row);
    return row;
  }

  #answer(asked: Asked): Answer {
    const { share, version = 4 } = this.#behaviour;
    if (asked.path.startsWith('/dav'))
      return webDavAnswer(asked, this.#files(), { root: '/dav', ...share });
    if (asked.headers.origin !== undefined || asked.headers.referer !== undefined)
      return { status: 401, body: 'Unauthorized' };
    const path = asked.path.replace(/^\/api\/v2/, '');
    const form = new URLSearchParams(asked.body);
    const cookie = /SID=([^;]+)/.exec(asked.headers.cookie ?? '')?.[1] ?? '';
    const account = this.#sessions.get(cookie);
    if (path === '/auth/login') return this.#logIn(form, account);
    if (account === undefined) return { status: 403, body: 'Forbidden' };
    if (path === '/app/version') return { body: version === 5 ? 'v5.0.4' : 'v4.5.2' };
    if (path === '/torrents/info') return this.#info(account, asked.query);
    if (path === '/torrents/files') return this.#filesOf(account, asked.query);
    return this.#command(path, asked.method, form, account);
  }

  #command(path: string, method: string, form: URLSearchParams, account: CloudAccount): Answer {
    const isFive = this.#behaviour.version === 5;
    const commands: Readonly<Record<string, () => Answer>> = {
      '/torrents/add': () => this.#add(form, account),
      '/torrents/delete': () => this.#delete(form, account),
      '/torrents/filePrio': () => this.#prioritize(form, account),
      '/torrents/recheck': () => DONE,
      [isFive ? '/torrents/start' : '/torrents/resume']: () => this.#resume(form, account),
    };
    const command = commands[path];
    if (command === undefined) return NOT_FOUND;
    return method === 'POST' ? command() : { status: 405, body: 'Method Not Allowed' };
  }

  /** With a live session any password is right. */
  #logIn(form: URLSearchParams, session: CloudAccount | undefined): Answer {
    this.logins++;
    if (session !== undefined) return OK;
    const account = this.#cloud.accounts.get(form.get('password') ?? '');
    if (account === undefined || form.get('username') !== 'admin') return FAILS;
    const id = `session${this.logins}/+`;
    this.#sessions.set(id, account);
    const cookie = `SID=${id}; HttpOnly; path=/; SameSite=Strict`;
    return { ...OK, headers: { 'set-cookie': cookie } };
  }

  #info({ held }: CloudAccount, query: URLSearchParams): Answer {
    const hashes = query.get('hashes')?.toLowerCase().split('|');
    const asked = held.filter((one) => hashes === undefined || hashes.includes(this.#hashOf(one)));
    if (hashes !== undefined) for (const one of asked) one.looks++;
    const offset = Number(query.get('offset') ?? 0);
    const end = query.has('limit') ? offset + Number(query.get('limit')) : undefined;
    const sorted = asked.toSorted((a, b) => a.addedAtS - b.addedAtS);
    if (query.get('reverse') === 'true') sorted.reverse();
    return json(sorted.slice(offset, end).map((one) => this.#rowOf(one)));
  }

  #hashOf({ torrent }: HeldTorrent): string {
    return this.#behaviour.hybrids?.get(torrent.infohash)?.slice(0, 40) ?? torrent.infohash;
  }

  #rowOf(held: HeldTorrent) {
    const { torrent, addedAtS } = held;
    const { form } = this.row(held);
    const hasMetadata = this.#hasMetadata(held);
    const total = torrent.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    const progress = this.#hasOnlyMetadata(held) ? 0 : progressOf(held);
    return {
      added_on: addedAtS,
      amount_left: hasMetadata ? Math.round(total * (1 - progress)) : 0,
      category: form.get('category') ?? '',
      content_path: hasMetadata ? `${this.#savePath(held)}/${torrent.name}` : '',
      download_path: '',
      hash: this.#hashOf(held),
      infohash_v1: torrent.infohash,
      infohash_v2: this.#behaviour.hybrids?.get(torrent.infohash) ?? '',
      name: torrent.name,
      progress,
      save_path: this.#savePath(held),
      size: hasMetadata ? total : 0,
      state: this.#stateOf(held, hasMetadata),
      tags: form.get('tags') ?? '',
      total_size: hasMetadata ? total : -1,
    };
  }

  #stateOf(held: HeldTorrent, hasMetadata: boolean): string {
    const isFive = this.#behaviour.version === 5;
    if (hasFailed(held)) return 'error';
    if (this.row(held).isPaused) return isFive ? 'stoppedDL' : 'pausedDL';
    if (!hasMetadata) return 'metaDL';
    return isReady(held) ? 'stalledUP' : 'downloading';
  }

  /** The moment after it came: no progress, yet all files are called complete. */
  #hasOnlyMetadata({ torrent, looks }: HeldTorrent): boolean {
    return !torrent.isCached && looks <= METADATA_LOOKS + 1;
  }

  #hasMetadata({ torrent, looks }: HeldTorrent): boolean {
    return torrent.isCached || looks > METADATA_LOOKS;
  }

  #savePath(held: HeldTorrent): string {
    const folder = this.row(held).form.get('savepath');
    return folder === null ? DOWNLOADS : `${DOWNLOADS}/${folder}`;
  }

  #filesOf(account: CloudAccount, query: URLSearchParams): Answer {
    if (!query.has('hash')) return BAD_REQUEST;
    const held = this.#find(account, query.get('hash'));
    if (held === undefined) return NOT_FOUND;
    if (!this.#hasMetadata(held)) return json([]);
    const { priorities } = this.row(held);
    return json(
      held.torrent.files.map(({ path, sizeBytes }, index) => ({
        availability: this.#hasOnlyMetadata(held) ? -1 : 1,
        index,
        is_seed: isReady(held),
        name: path,
        piece_range: [0, 1],
        priority: priorities.get(index) ?? 1,
        progress: this.#fileProgress(held, index),
        size: sizeBytes,
      })),
    );
  }

  #fileProgress(held: HeldTorrent, index: number): number {
    if (this.#hasOnlyMetadata(held)) return 1;
    return this.row(held).priorities.get(index) === 0 ? 0 : progressOf(held);
  }

  #find(account: CloudAccount, hash: string | null): HeldTorrent | undefined {
    return account.held.find((held) => this.#hashOf(held) === hash?.toLowerCase());
  }

  #add(form: URLSearchParams, account: CloudAccount): Answer {
    const magnets = (form.get('urls') ?? '').split('\n').filter((line) => line !== '');
    let added = 0;
    for (const magnet of magnets) {
      const torrent = this.#cloud.torrent(infohashIn(magnet));
      const isHeld = account.held.some((held) => held.torrent.infohash === torrent.infohash);
      if (infohashIn(magnet) === '' || isHeld) continue;
      const isPaused = form.get(this.#behaviour.version === 5 ? 'stopped' : 'paused') === 'true';
      const held = this.#cloud.hold(account, torrent);
      this.rows.set(held, { form, isPaused, priorities: new Map() });
      added++;
    }
    return added > 0 ? OK : FAILS;
  }

  #delete(form: URLSearchParams, account: CloudAccount): Answer {
    const held = this.#find(account, form.get('hashes'));
    if (held !== undefined) account.held.splice(account.held.indexOf(held), 1);
    return DONE;
  }

  #resume(form: URLSearchParams, account: CloudAccount): Answer {
    const held = this.#find(account, form.get('hashes'));
    if (held === undefined) return DONE;
    this.row(held).isPaused = false;
    held.looks = 0;
    return DONE;
  }

  #prioritize(form: URLSearchParams, account: CloudAccount): Answer {
    const held = this.#find(account, form.get('hash'));
    const id = Number(form.get('id'));
    const priority = Number(form.get('priority'));
    if (!Number.isInteger(id) || ![0, 1, 6, 7].includes(priority))
      return { status: 400, body: 'Priority is not valid' };
    if (held === undefined) return NOT_FOUND;
    if (!this.#hasMetadata(held))
      return { status: 409, body: "Torrent's metadata has not yet downloaded" };
    if (id < 0 || id >= held.torrent.files.length)
      return { status: 409, body: 'File IDs must be valid' };
    this.row(held).priorities.set(id, priority);
    return DONE;
  }

  /** What has been fetched, of all accounts. */
  #files(): readonly SharedFile[] {
    return [...this.#cloud.accounts.values()].flatMap(({ held: all }) =>
      all
        .filter((held) => isReady(held))
        .flatMap((held) =>
          held.torrent.files.map(({ path, sizeBytes }) => ({
            path: `${this.#savePath(held).replace('/data/', '')}/${path}`,
            sizeBytes,
          })),
        ),
    );
  }
}
