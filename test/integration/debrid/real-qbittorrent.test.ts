/** A film for real: seeded by aria2, fetched by qBittorrent, shown by rclone, read by ffprobe through a redirect. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { DebridAccount, DebridCall, Transfer } from '../../../src/features/debrid/contract.ts';
import { AppError } from '../../../src/lib/errors.ts';
import type { JsonObject } from '../../../src/lib/json/json-value.ts';
import { eventually, NEVER } from '../../support/cache-parts.ts';
import { OWN_HOST, qbittorrentEntry } from '../../support/client-kits.ts';
import { openAccount, openDebridTools } from '../../support/debrid-kits.ts';
import {
  skipWithoutClients,
  startQbittorrent,
  startRclone,
  type RealClient,
  type RealServer,
} from '../../support/real-clients.ts';
import { probed } from '../../support/probe.ts';
import { seedFilm, type SeededFilm } from '../../support/seeded-film.ts';

const LOGIN = { user: 'admin', password: 'p@ss word/ä%41' };
const CALL: DebridCall = { signal: NEVER, viewerIp: '' };
const PATIENCE_MS = 60_000;
const OTHER = '08ada5a7a6183aae1e09d831df6748d566095a10';

describe('qBittorrent and rclone', { skip: skipWithoutClients }, () => {
  let client: RealClient;
  let share: RealServer;
  let openShare: RealServer;
  let film: SeededFilm;
  const tools = openDebridTools({}, [OWN_HOST]);

  before(async () => {
    [client, film] = await Promise.all([startQbittorrent(LOGIN), seedFilm()]);
    [share, openShare] = await Promise.all([
      startRclone(client.downloads, LOGIN),
      startRclone(client.downloads),
    ]);
  });

  after(async () => {
    for (const one of [tools, share, openShare, film, client]) await one[Symbol.asyncDispose]();
  });

  const account = (config: JsonObject = {}, password = LOGIN.password): DebridAccount => {
    const own = { wur: share.url, wus: LOGIN.user, wpw: LOGIN.password, ...config };
    return openAccount(qbittorrentEntry(client.url, password, own), tools);
  };
  const wanted = () =>
    ({
      kind: 'torrent',
      infohash: film.infohash,
      name: film.name,
      trackers: [film.tracker],
    }) as const;

  const ready = async (own: DebridAccount): Promise<Transfer> => {
    const deadline = AbortSignal.timeout(PATIENCE_MS);
    let transfer = await own.open(wanted(), CALL);
    while (transfer.state !== 'ready') {
      assert.ok(!deadline.aborted, `still ${transfer.state}, ${transfer.progress}`);
      assert.notEqual(transfer.state, 'failed');
      await new Promise((resolve) => setTimeout(resolve, 200));
      transfer = await own.refresh(transfer, CALL);
    }
    return transfer;
  };

  /** What the test itself asks of qBittorrent. */
  const api = async (path: string, form?: Readonly<Record<string, string>>) => {
    const login = await fetch(`${client.url}/api/v2/auth/login`, {
      method: 'POST',
      body: new URLSearchParams({ username: LOGIN.user, password: LOGIN.password }),
    });
    const cookie = login.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    return fetch(`${client.url}/api/v2${path}`, {
      method: form === undefined ? 'GET' : 'POST',
      headers: { cookie },
      ...(form !== undefined && { body: new URLSearchParams(form) }),
    });
  };

  const failsWith = (code: string) => (error: unknown) =>
    error instanceof AppError && error.code === code && !error.message.includes('p@ss');

  it('right credentials, and wrong ones although a session is live', async () => {
    assert.equal((await account().verify(CALL)).user, LOGIN.user);
    await assert.rejects(account({}, 'wrong').verify(CALL), failsWith('debrid.bad-login'));
    await assert.rejects(account({ wpw: 'wrong' }).verify(CALL), failsWith('debrid.bad-login'));
    await assert.rejects(
      account({ wur: client.url, wus: '', wpw: '' }).verify(CALL),
      (error: unknown) => error instanceof AppError && error.code.startsWith('debrid.'),
    );
    await assert.rejects(
      account({ wdp: '/no/such' }).verify(CALL),
      failsWith('debrid.share-failed'),
    );
  });

  it('the film is added, the episode chosen, and ffprobe reads it through a redirect', async () => {
    await api('/torrents/add', { urls: `magnet:?xt=urn:btih:${OTHER}&dn=Other` });
    await eventually('the other torrent is there', async () => (await list(api)).length === 1);
    const settings = await (await api('/app/preferences')).text();
    const own = account();
    const transfer = await ready(own);
    assert.deepEqual(
      transfer.files.map(({ path, sizeBytes }) => ({ path, sizeBytes })),
      film.files,
    );
    const episode = transfer.files[1];
    assert.ok(episode !== undefined);
    const { url } = await own.link(transfer, episode, CALL);
    assert.equal(new URL(url).username, LOGIN.user);
    assert.deepEqual(await probed(url), ['h264', '3.000000']);
    assert.equal(await (await api('/app/preferences')).text(), settings);
    const [row] = await list(api, film.infohash);
    assert.equal(row?.['tags'], 'sluice');
    assert.equal(row?.['seq_dl'], true);
    assert.equal(row?.['f_l_piece_prio'], true);
  });

  it('what is held plays again without being added, on a share without login too', async () => {
    const own = account({ wur: openShare.url });
    const transfer = await own.open(wanted(), CALL);
    assert.equal(transfer.state, 'ready');
    const [episode] = transfer.files;
    assert.ok(episode !== undefined);
    const { url } = await own.link(transfer, episode, CALL);
    assert.equal(new URL(url).username, '', 'no credentials where none are needed');
    assert.deepEqual(await probed(url), ['h264', '2.000000']);
    assert.equal((await own.list?.(CALL))?.length, 2);
  });

  it('a share that shows another folder says so', async () => {
    const own = account({ wdp: `/${film.infohash}` });
    const transfer = await own.open(wanted(), CALL);
    const [episode] = transfer.files;
    assert.ok(episode !== undefined);
    assert.ok((await own.link(transfer, episode, CALL)).url.endsWith('S01E01.mp4'));
    const lost = account({ wur: `${share.url}/${OTHER}` });
    await assert.rejects(lost.link(transfer, episode, CALL), failsWith('debrid.share-failed'));
  });

  it('removes its own, and nothing else', async () => {
    const own = account();
    assert.ok(own.remove !== null);
    await assert.rejects(own.remove(OTHER, CALL), failsWith('debrid.unsupported'));
    await own.remove(film.infohash, CALL);
    await eventually('it is gone', async () => (await list(api)).length === 1);
    await assert.rejects(own.remove(film.infohash, CALL), failsWith('debrid.not-found'));
    assert.equal((await list(api))[0]?.['hash'], OTHER);
  });
});

type Api = (path: string) => Promise<Response>;

async function list(api: Api, hash = ''): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const query = hash === '' ? '' : `?hashes=${hash}`;
  return (await (await api(`/torrents/info${query}`)).json()) as Record<string, unknown>[];
}
