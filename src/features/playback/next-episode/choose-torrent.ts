/** Which torrent of the next episode may be made ready: one that takes nothing of the account, unless its user allows more. */
import type { ServiceEntry } from '../../../lib/user-config/own-services.ts';
import type { DebridAccount, DebridCall } from '../../debrid/contract.ts';
import type { EpisodeTorrent } from '../store.ts';

/**
 * @param candidates the best first
 * @param playing infohash of what is being watched: a pack has the next episode, too
 */
export async function chooseTorrent(
  candidates: readonly EpisodeTorrent[],
  playing: string,
  { entry, account, call }: { entry: ServiceEntry; account: DebridAccount; call: DebridCall },
): Promise<EpisodeTorrent | null> {
  const [best] = candidates;
  if (best === undefined || best.infohash === playing) return best ?? null;
  const ready = await readyAmong(candidates, account, call);
  const found = candidates.find(({ infohash }) => ready.has(infohash));
  if (found !== undefined) return found;
  // A download takes one of the places that the account has.
  return entry.preparesByDownload ? best : null;
}

/** What plays at once: for anybody, where the service says so, else what the account holds. */
async function readyAmong(
  candidates: readonly EpisodeTorrent[],
  account: DebridAccount,
  call: DebridCall,
): Promise<ReadonlySet<string>> {
  const { checkCached, checkMax, list } = account;
  if (checkCached !== null) {
    const asked = candidates.slice(0, checkMax).map(({ infohash }) => infohash);
    return checkCached.call(account, asked, call);
  }
  if (list === null) return new Set();
  const held = await list.call(account, call);
  return new Set(held.filter(({ state }) => state === 'ready').map(({ infohash }) => infohash));
}
