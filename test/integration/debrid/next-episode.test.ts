/** The next episode, made ready at services with and without a question for what is cached, and never against the user's will. */
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { NextEpisodes } from '../../../src/features/playback/next-episode/next-episodes.ts';
import type { Play } from '../../../src/features/playback/resolver.ts';
import type { EpisodeTorrent } from '../../../src/features/playback/store.ts';
import { createDebridAccount } from '../../../src/features/debrid/registry.ts';
import type { JsonObject } from '../../../src/lib/json/json-value.ts';
import { ownServices } from '../../../src/lib/user-config/own-services.ts';
import { NEVER, silentLogger } from '../../support/cache-parts.ts';
import { openDebridTools, TOKEN } from '../../support/debrid-kits.ts';
import { DebridCloud } from '../../support/upstreams/debrid-cloud.ts';
import { startRealDebrid } from '../../support/upstreams/realdebrid.ts';
import { startTorBox } from '../../support/upstreams/torbox.ts';

const MINUTE_MS = 60_000;
const PLAYING = 'cd'.repeat(20);
const READY = { sv: 'torbox', tk: TOKEN, pne: true };

describe('the next episode', () => {
  const closing: AsyncDisposable[] = [];
  after(async () => {
    for (const one of closing) await one[Symbol.asyncDispose]();
  });

  const watch = async (
    provider: JsonObject,
    torrents: (cloud: DebridCloud) => readonly EpisodeTorrent[],
  ) => {
    const cloud = new DebridCloud();
    const held = cloud.account(TOKEN);
    const torBox = await startTorBox(cloud);
    const realDebrid = await startRealDebrid(cloud);
    const tools = openDebridTools({ TORBOX_URL: torBox.url, REALDEBRID_URL: realDebrid.url });
    closing.push(tools, torBox, realDebrid);
    let nowMs = 0;
    const prepared: Play[] = [];
    const episodes = [1, 2, 3].map((episode) => ({
      season: 1,
      episode,
      absolute: 0,
      released: '',
    }));
    const next = new NextEpisodes({
      store: {
        playedTitle: () => Promise.resolve({ mediaId: 7, runtimeMinutes: 60 }),
        episodeTorrents: () => Promise.resolve(torrents(cloud)),
      },
      services: { open: (entry) => createDebridAccount(entry, tools) },
      subjects: { searchSubject: () => Promise.resolve({ episodes } as never) },
      resolver: {
        prepare: (play) => {
          prepared.push(play);
          return Promise.resolve({ kind: 'link', url: 'https://cdn.invalid/', expiresAtMs: 0 });
        },
      },
      logger: silentLogger,
      now: () => nowMs,
    });
    const [entry] = ownServices({ sps: [provider] }, String);
    assert.ok(entry !== undefined);
    const play = (episode: number, season: number | null = 1): Play => ({
      entry,
      file: { infohash: PLAYING, nzb: null, season, episode, filename: '' },
      viewerIp: '9.9.9.9',
    });
    const pass = async (minutes: number) => {
      nowMs += minutes * MINUTE_MS;
      await next.run(NEVER);
      return prepared.map(({ file }) => `${file.infohash} ${file.season}x${file.episode}`);
    };
    return { next, play, pass, prepared, cloud, held, torBox };
  };
  const cachedOf = ({ cached }: DebridCloud) => ({ infohash: cached.infohash, filename: 'a.mkv' });
  const uncachedOf = ({ uncached }: DebridCloud) => ({
    infohash: uncached.infohash,
    filename: 'b.mkv',
  });

  it('at half of the running time, once, as a link would ask for it', async () => {
    const { next, play, pass, prepared, cloud } = await watch(READY, (world) => [cachedOf(world)]);
    next.begun(play(1));
    assert.deepEqual(await pass(0), []);
    assert.deepEqual(await pass(29), []);
    assert.deepEqual(await pass(2), [`${cloud.cached.infohash} 1x2`]);
    assert.deepEqual([prepared[0]?.file.filename, prepared[0]?.viewerIp], ['a.mkv', '9.9.9.9']);
    assert.equal((await pass(600)).length, 1);
  });

  it('not without being told to, of films, after the last one, and for who watches something else by now', async () => {
    const silent = await watch({ sv: 'torbox', tk: TOKEN }, (world) => [cachedOf(world)]);
    silent.next.begun(silent.play(1));
    await silent.pass(0);
    assert.deepEqual(await silent.pass(60), []);
    const { next, play, pass } = await watch(READY, (world) => [cachedOf(world)]);
    next.begun(play(1));
    await pass(20);
    next.begun(play(0, null));
    assert.deepEqual(await pass(60), [], 'a film');
    next.begun(play(3));
    await pass(0);
    assert.deepEqual(await pass(60), [], 'the last one');
  });

  it('what the service has ready comes before what is more like it; a download is for those who allow it', async () => {
    const both = (world: DebridCloud) => [uncachedOf(world), cachedOf(world)];
    const ready = await watch(READY, both);
    ready.next.begun(ready.play(1));
    await ready.pass(0);
    assert.deepEqual(await ready.pass(31), [`${ready.cloud.cached.infohash} 1x2`]);
    const none = await watch(READY, (world) => [uncachedOf(world)]);
    none.next.begun(none.play(1));
    await none.pass(0);
    assert.deepEqual(await none.pass(31), []);
    assert.ok(none.torBox.asked.every(({ path }) => path.endsWith('/checkcached')));
    const allowed = await watch({ ...READY, pnd: true }, (world) => [uncachedOf(world)]);
    allowed.next.begun(allowed.play(1));
    await allowed.pass(0);
    assert.deepEqual(await allowed.pass(31), [`${allowed.cloud.uncached.infohash} 1x2`]);
  });

  it('where nothing is said of what is cached: what the account holds, or the pack that is playing', async () => {
    const mine = { sv: 'realdebrid', tk: TOKEN, pne: true };
    const unknown = await watch(mine, (world) => [cachedOf(world)]);
    unknown.next.begun(unknown.play(1));
    await unknown.pass(0);
    assert.deepEqual(await unknown.pass(31), []);
    const holds = await watch(mine, (world) => [cachedOf(world)]);
    holds.cloud.hold(holds.held, holds.cloud.cached).selected = [1];
    holds.next.begun(holds.play(1));
    await holds.pass(0);
    assert.equal((await holds.pass(31)).length, 1);
    const pack = await watch(mine, () => [{ infohash: PLAYING, filename: 'c.mkv' }]);
    pack.next.begun(pack.play(2));
    await pack.pass(0);
    assert.deepEqual(await pack.pass(31), [`${PLAYING} 1x3`]);
  });

  it('a service that fails costs this session its preparation, and others nothing', async () => {
    const { next, play, pass, torBox } = await watch(READY, (world) => [cachedOf(world)]);
    torBox.script = { fault: { kind: 'status', status: 400 } };
    next.begun(play(1));
    await pass(0);
    assert.deepEqual(await pass(31), []);
    torBox.script = {};
    assert.deepEqual(await pass(31), []);
    next.begun(play(1));
    await pass(0);
    assert.equal((await pass(31)).length, 1);
  });
});
