/** Download clients of users' own with the fakes that they ask, for the suite of all services. */
import type { JsonObject } from '../../src/lib/json/json-value.ts';
import { openAccount, openDebridTools, TOKEN, type DebridKit } from './debrid-kits.ts';
import { DebridCloud } from './upstreams/debrid-cloud.ts';
import { FakeQbittorrent, type QbittorrentBehaviour } from './upstreams/qbittorrent.ts';

/** Users' servers are reached on loopback by this name alone, so that other private addresses stay closed. */
export const OWN_HOST = 'localhost';

export function onOwnHost(url: string): string {
  return url.replace('127.0.0.1', OWN_HOST);
}

/** Entry of `sps`. @param config further fields of `qbc` */
export function qbittorrentEntry(
  url: string,
  password: string,
  config: JsonObject = {},
): JsonObject {
  return {
    sv: 'qbittorrent',
    qbc: { qur: url, qus: 'admin', qpw: password, wur: `${url}/dav`, wdp: '/', ...config },
  };
}

export function qbittorrentKit(name: string, behaviour: QbittorrentBehaviour = {}): DebridKit {
  return {
    name,
    has: { globalCheck: false, list: true, remove: true, transfers: true, subscriptions: false },
    concurrencyMax: 6,
    tokenInAddressOf: '',
    open: async ({ script, credentials = 'right' } = {}) => {
      const cloud = new DebridCloud();
      const held = cloud.account(TOKEN);
      const client = new FakeQbittorrent(cloud, behaviour);
      const upstream = await client.start(script === undefined ? {} : { script });
      const url = onOwnHost(upstream.url);
      const tools = openDebridTools({}, [OWN_HOST]);
      const password = credentials === 'right' ? TOKEN : `${TOKEN}wrong`;
      return {
        account: openAccount(qbittorrentEntry(url, password), tools),
        cloud,
        held,
        upstream,
        urlOf: ({ infohash }, { path }) =>
          `${url}/dav/downloads/${infohash}/${path.split('/').map(encodeURIComponent).join('/')}`,
        [Symbol.asyncDispose]: async () => {
          await tools[Symbol.asyncDispose]();
          await upstream[Symbol.asyncDispose]();
        },
      };
    },
  };
}

export const CLIENT_KITS: readonly DebridKit[] = [
  qbittorrentKit('qbittorrent'),
  qbittorrentKit('qbittorrent 5, Apache', { version: 5, share: { style: 'apache' } }),
  qbittorrentKit('qbittorrent, nginx', { share: { style: 'nginx' } }),
];
