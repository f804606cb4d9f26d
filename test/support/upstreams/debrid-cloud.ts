/**
 * What every debrid service is behind its protocol: torrents of the world, accounts that hold some of them, and downloads that
 * get on each time somebody looks.
 */

export interface CloudFile {
  readonly path: string;
  readonly sizeBytes: number;
}

/** `dead`: nobody seeds it; `stuck`: it never gets on. */
export type Health = 'good' | 'dead' | 'stuck';

export interface CloudTorrent {
  readonly infohash: string;
  readonly name: string;
  readonly files: readonly CloudFile[];
  /** Ready at once for everybody. */
  isCached: boolean;
  /** Looks that an uncached one takes. */
  readonly looks: number;
  health: Health;
  /** Where its files are; a place that nobody has when absent. */
  contentBase?: string;
}

export type AccountState = 'good' | 'expired' | 'banned' | 'limited' | 'free' | 'full';

export interface CloudAccount {
  readonly user: string;
  state: AccountState;
  /** Newest first. */
  readonly held: HeldTorrent[];
}

export interface HeldTorrent {
  readonly id: string;
  readonly torrent: CloudTorrent;
  readonly addedAtS: number;
  /** Times that somebody has looked since it was added or begun again. */
  looks: number;
  /** Indexes of files that are to be fetched; null: not said yet. */
  selected: readonly number[] | null;
  /** One archive in place of its files. */
  isPacked?: boolean;
  /** Its links lead nowhere any more. */
  hasDeadLinks?: boolean;
}

const SINTEL: CloudTorrent = {
  infohash: '08ada5a7a6183aae1e09d831df6748d566095a10',
  name: 'Sintel',
  files: [
    { path: 'Sintel/poster.jpg', sizeBytes: 46_115 },
    { path: 'Sintel/Sintel.mp4', sizeBytes: 129_241_752 },
  ],
  isCached: true,
  looks: 0,
  health: 'good',
};
const PIONEER: CloudTorrent = {
  infohash: '1d4f1b0d2a3d4c5b6a798877665544332211aa01',
  name: 'Pioneer.One.S01.720p.x264-VODO',
  files: [1, 2, 3].map((episode) => ({
    path: `Pioneer.One.S01.720p.x264-VODO/Pioneer.One.S01E0${episode}.720p.x264-VODO.mkv`,
    sizeBytes: 600_000_000 + episode,
  })),
  isCached: false,
  looks: 4,
  health: 'good',
};
const NIGHT: CloudTorrent = {
  infohash: '50b7dafb7137cbecf045f78e8efbe4ac1a90d139',
  name: 'Night Of The Living Dead (1968) [BluRay] [720p] [YTS.AM]',
  files: [
    { path: 'Night.Of.The.Living.Dead.1968.720p.BluRay.x264-[YTS.AM].mp4', sizeBytes: 828_760_756 },
    { path: 'www.YTS.AM.jpg', sizeBytes: 58_132 },
  ],
  isCached: false,
  looks: 2,
  health: 'dead',
};

/** Where files of the world are, whatever service gives the link. */
export function contentUrl(
  { infohash, contentBase = 'https://cdn.invalid' }: CloudTorrent,
  { path }: CloudFile,
): string {
  return `${contentBase}/${infohash}/${path.split('/').map(encodeURIComponent).join('/')}`;
}

export class DebridCloud {
  readonly cached = { ...SINTEL };
  readonly uncached = { ...PIONEER };
  readonly dead = { ...NIGHT };
  readonly accounts = new Map<string, CloudAccount>();
  #nextId = 0;
  /** Epoch seconds of what is added first. */
  startAtS = 1_700_000_000;

  /** @param token what the service knows the account by */
  account(token: string, state: AccountState = 'good'): CloudAccount {
    const account = { user: `user ${this.accounts.size + 1}`, state, held: [] };
    this.accounts.set(token, account);
    return account;
  }

  torrent(infohash: string): CloudTorrent {
    const known = [this.cached, this.uncached, this.dead].find(
      (torrent) => torrent.infohash === infohash,
    );
    return known ?? { ...SINTEL, infohash, isCached: false, health: 'stuck' };
  }

  hold(account: CloudAccount, torrent: CloudTorrent, looks = 0): HeldTorrent {
    const id = `T${(++this.#nextId).toString(36).toUpperCase()}`;
    const held = { id, torrent, addedAtS: ++this.startAtS, looks, selected: null };
    account.held.unshift(held);
    return held;
  }

  /** The account's own, or a new one. */
  find(account: CloudAccount, torrent: CloudTorrent): HeldTorrent {
    return (
      account.held.find((held) => held.torrent.infohash === torrent.infohash) ??
      this.hold(account, torrent)
    );
  }

  /** So many others, all ready, that the user has had before. */
  fill(account: CloudAccount, count: number): void {
    for (let index = 0; index < count; index++) {
      const infohash = (0xabc000 + index).toString(16).padStart(40, '9');
      const torrent = { ...SINTEL, infohash, name: `Film ${index}`, isCached: true };
      this.hold(account, torrent).selected = [1];
    }
  }
}

/** 0 to 1. */
export function progressOf({ torrent, looks }: HeldTorrent): number {
  if (torrent.isCached) return 1;
  return torrent.health === 'good' ? Math.min(1, looks / torrent.looks) : 0;
}

export function isReady(held: HeldTorrent): boolean {
  return progressOf(held) === 1;
}

export function hasFailed({ torrent, looks }: HeldTorrent): boolean {
  return torrent.health === 'dead' && !torrent.isCached && looks >= torrent.looks;
}

export function bytesOf({ files }: CloudTorrent): number {
  return files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

/** Where a service's ids are numbers. */
export function numberOfId({ id }: HeldTorrent): number {
  return Number.parseInt(id.slice(1), 36) + 1000;
}

/** Of a magnet link; empty when it is none. */
export function infohashIn(magnet: string): string {
  return /btih:([0-9a-f]{40})/i.exec(magnet)?.[1]?.toLowerCase() ?? '';
}
