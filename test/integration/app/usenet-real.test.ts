/** A film for real: found at an indexer, posted on a news server, fetched by NZBGet, shown by rclone, played by a link of ours. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { DisposeStack } from '../../../src/lib/async/dispose-stack.ts';
import { ask, send } from '../../support/configure-requests.ts';
import { startNewsServer } from '../../support/news-server.ts';
import { probed } from '../../support/probe.ts';
import { skipWithoutNzbGet, startNzbGet, startRclone } from '../../support/real-clients.ts';
import { makeFilm } from '../../support/seeded-film.ts';
import { startApp } from '../../support/start-app.ts';
import { startTorznab } from '../../support/upstreams/torznab.ts';

const NIGHT = 'tt0063350';
const LOGIN = { user: 'me', password: 'p4ssw0rd' };
const INDEXER_KEY = 'CANARYx7Kq9x7Kq9';
const SECONDS = 4;
const PATIENCE_MS = 60_000;

test(
  'from a list to the film: a post that an indexer has found',
  { skip: skipWithoutNzbGet },
  async () => {
    await using stack = new DisposeStack();
    const folder = await mkdtemp(join(tmpdir(), 'sluice-usenet-'));
    stack.defer(() => rm(folder, { recursive: true, force: true }));
    // What posters call a file when nobody shall know it.
    const film = await makeFilm(join(folder, 'film.mp4'), SECONDS);
    const news = stack.use(await startNewsServer('b7f0c2d9a1e84f6390ab.mp4', film));
    const client = stack.use(await startNzbGet(LOGIN, news.port));
    const share = stack.use(await startRclone(client.downloads));
    const indexer = stack.use(
      await startTorznab({
        apiKey: INDEXER_KEY,
        isUsenet: true,
        downloadBase: '',
        nzb: news.nzb,
      }),
    );
    const app = stack.use(
      await startApp({
        environment: { FETCH_ALLOW_PRIVATE: '127.0.0.1,localhost', DEBRID_WAIT_MS: '0' },
      }),
    );
    const { user: un, password: pw } = LOGIN;
    const config = {
      sps: [{ sv: 'nzbget', ngc: { u: client.url, un, pw, cat: 'films', wur: share.url } }],
      ic: { nz: [{ n: 'Mine', u: `${indexer.url}/api`, ak: INDEXER_KEY }] },
    };
    const sealed = await ask(`${app.baseUrl}/encrypt-user-data`, send('POST', config));
    const segment = String(sealed.json['encrypted_str']);
    const list = async () => {
      const { text } = await ask(`${app.baseUrl}/${segment}/stream/movie/${NIGHT}.json`);
      const { streams } = JSON.parse(text) as {
        readonly streams: readonly { readonly name: string; readonly url?: string }[];
      };
      return streams.filter(({ url }) => url?.includes('/nzb-') === true);
    };
    const [row] = await list();
    assert.match(row?.name ?? '', /^Sluice 📰 NZBGet ❔/);
    const url = row?.url ?? '';
    const locationOf = async () =>
      (await fetch(url, { redirect: 'manual' })).headers.get('location') ?? '';
    const deadline = AbortSignal.timeout(PATIENCE_MS);
    assert.match(await locationOf(), /exceptions\/torrent_downloading\.mp4$/);
    for (let location = ''; !location.startsWith(share.url); location = await locationOf()) {
      assert.ok(!deadline.aborted, `still ${location}`);
      assert.match(location || 'torrent_downloading.mp4', /torrent_downloading\.mp4$/);
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    assert.deepEqual(await probed(url), ['h264', `${SECONDS}.000000`]);
    assert.match((await list())[0]?.name ?? '', /⚡/);
    assert.doesNotMatch(app.output(), /CANARY|p4ssw0rd/);
  },
);
