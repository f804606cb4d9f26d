/** A film for real: posted on a news server, fetched by NZBGet and SABnzbd, shown by rclone, read by ffprobe through a redirect. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type {
  DebridAccount,
  DebridCall,
  Transfer,
  WantedNzb,
} from '../../../src/features/debrid/contract.ts';
import { AppError } from '../../../src/lib/errors.ts';
import type { JsonObject } from '../../../src/lib/json/json-value.ts';
import { NEVER } from '../../support/cache-parts.ts';
import { OWN_HOST } from '../../support/client-kits.ts';
import { openAccount, openDebridTools, wantedNzb } from '../../support/debrid-kits.ts';
import { startNewsServer, type NewsServer } from '../../support/news-server.ts';
import { probed } from '../../support/probe.ts';
import {
  SABNZBD_KEY,
  skipWithoutNzbGet,
  skipWithoutSabnzbd,
  startNzbGet,
  startRclone,
  startSabnzbd,
  type RealClient,
  type RealServer,
} from '../../support/real-clients.ts';
import { makeFilm } from '../../support/seeded-film.ts';

const LOGIN = { user: 'me', password: 'p4ssw0rd' };
const CALL: DebridCall = { signal: NEVER, viewerIp: '' };
const NAME = 'Sluice.Test.2026.[CC0].x264';
const PATIENCE_MS = 60_000;

function codeOf(error: unknown): string {
  if (error instanceof AppError) return error.code;
  throw error;
}

interface Case {
  readonly name: string;
  readonly skip: string | false;
  readonly start: (newsPort: number) => Promise<RealClient>;
  /** Entry of a configuration, beside that of the share. */
  readonly entry: (url: string, password: string, share: JsonObject) => JsonObject;
}

const CASES: readonly Case[] = [
  {
    name: 'NZBGet',
    skip: skipWithoutNzbGet,
    start: (newsPort) => startNzbGet(LOGIN, newsPort),
    entry: (u, pw, share) => ({ sv: 'nzbget', ngc: { u, un: LOGIN.user, pw, ...share } }),
  },
  {
    name: 'SABnzbd',
    skip: skipWithoutSabnzbd,
    start: startSabnzbd,
    entry: (u, password, share) => ({
      sv: 'sabnzbd',
      sbc: { u, ak: password === LOGIN.password ? SABNZBD_KEY : password, ...share },
    }),
  },
];

for (const { name, skip, start, entry } of CASES)
  describe(`${name} and rclone`, { skip }, () => {
    let folder: string;
    let news: NewsServer;
    let client: RealClient;
    let share: RealServer;
    const tools = openDebridTools({}, [OWN_HOST]);

    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'sluice-post-'));
      news = await startNewsServer('film.mp4', await makeFilm(join(folder, 'film.mp4'), 3));
      client = await start(news.port);
      share = await startRclone(client.downloads, LOGIN);
    });

    after(async () => {
      for (const one of [tools, share, client, news]) await one[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    });

    const account = (pw = LOGIN.password): DebridAccount => {
      const { user, password } = LOGIN;
      const own = { wur: share.url, wus: user, wpw: password, cat: 'films' };
      return openAccount(entry(client.url, pw, own), tools);
    };

    const ended = async (own: DebridAccount, wanted: WantedNzb): Promise<Transfer> => {
      const deadline = AbortSignal.timeout(PATIENCE_MS);
      let transfer = await own.open(wanted, CALL);
      while (transfer.state !== 'ready' && transfer.state !== 'failed') {
        assert.ok(!deadline.aborted, `still ${transfer.state}, ${transfer.progress}`);
        await new Promise((resolve) => setTimeout(resolve, 200));
        transfer = await own.refresh(transfer, CALL);
      }
      return transfer;
    };

    const failsWith = (code: string) => (error: unknown) =>
      error instanceof AppError && error.code === code;

    it('right credentials, and wrong ones', async () => {
      assert.match((await account().verify(CALL)).user, new RegExp(`^${name} \\d`));
      await assert.rejects(account('wrong').verify(CALL), failsWith('debrid.bad-token'));
    });

    it('the post is added once, fetched, and ffprobe reads it through a redirect', async () => {
      const own = account();
      const wanted = wantedNzb(NAME, news.nzb);
      const transfer = await ended(own, wanted);
      assert.equal(transfer.state, 'ready');
      const film = transfer.files.find(({ path }) => path.endsWith('.mp4'));
      assert.ok(film !== undefined, JSON.stringify(transfer.files));
      const { url } = await own.link(transfer, film, CALL);
      assert.deepEqual(await probed(url), ['h264', '3.000000']);
      assert.equal((await own.open(wanted, CALL)).state, 'ready');
      assert.equal((await own.list?.(CALL))?.length, 1);
    });

    it('posts that are not there have failed, and so has a text that is no NZB', async () => {
      const gone = news.nzb.replaceAll('sluice.test</segment>', 'gone.test</segment>');
      const transfer = await ended(account(), wantedNzb('Nothing.There', gone));
      assert.deepEqual([transfer.state, transfer.failure], ['failed', 'debrid.usenet-failed']);
      // SABnzbd refuses it at once, NZBGet later.
      const page = await ended(account(), wantedNzb('No.NZB', 'a page')).catch(codeOf);
      const said = typeof page === 'string' ? page : page.failure;
      assert.equal(said, 'debrid.usenet-failed');
    });

    it('removes its own', async () => {
      const own = account();
      const rows = (await own.list?.(CALL)) ?? [];
      for (const { id } of rows) await own.remove?.(id, CALL);
      assert.deepEqual(await own.list?.(CALL), []);
    });
  });
