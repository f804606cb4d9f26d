/** What Offcloud, EasyDebrid, Debrider and Seedr do each in its own way. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { videoOf } from '../../../src/features/debrid/failures.ts';
import { NEVER } from '../../support/cache-parts.ts';
import {
  CANARY,
  openAccount,
  openDebridTools,
  wanted,
  wantedNzb,
} from '../../support/debrid-kits.ts';
import { DebridCloud } from '../../support/upstreams/debrid-cloud.ts';
import { CACHED_NZB, startDebrider } from '../../support/upstreams/debrider.ts';
import { startEasyDebrid } from '../../support/upstreams/easydebrid.ts';
import { startOffcloud } from '../../support/upstreams/offcloud.ts';
import { startSeedr } from '../../support/upstreams/seedr.ts';

const TOKEN = `${CANARY}caches`;
const CALL = { signal: NEVER, viewerIp: '192.0.2.7' };
const STARTS = {
  offcloud: startOffcloud,
  easydebrid: startEasyDebrid,
  debrider: startDebrider,
  seedr: startSeedr,
} as const;

async function open(service: keyof typeof STARTS) {
  const cloud = new DebridCloud();
  const held = cloud.account(TOKEN);
  const upstream = await STARTS[service](cloud);
  const tools = openDebridTools({ [`${service.toUpperCase()}_URL`]: upstream.url });
  return {
    cloud,
    held,
    upstream,
    account: openAccount({ sv: service, tk: TOKEN }, tools),
    [Symbol.asyncDispose]: async () => {
      await tools[Symbol.asyncDispose]();
      await upstream[Symbol.asyncDispose]();
    },
  };
}

describe('services with a cache of their own', () => {
  it('offcloud: what is one file is no archive', async () => {
    await using offcloud = await open('offcloud');
    const { account, cloud, held } = offcloud;
    const file = { path: 'Big Buck Bunny (2008).mp4', sizeBytes: 700 };
    cloud.hold(held, { ...cloud.cached, files: [file] });
    const transfer = await account.open(wanted(cloud.cached), CALL);
    assert.equal(transfer.state, 'ready');
    const [only] = transfer.files;
    assert.ok(only !== undefined);
    assert.equal(only.path, file.path);
    assert.equal(only.sizeBytes, file.sizeBytes);
    assert.equal(
      (await account.link(transfer, only, CALL)).url,
      `https://fr-1.offcloud.com/cloud/download/${transfer.id}/Big%20Buck%20Bunny%20(2008).mp4`,
    );
  });

  it('easydebrid: what is not cached is asked for, and plays when it has been', async () => {
    await using easyDebrid = await open('easydebrid');
    const { account, cloud, upstream } = easyDebrid;
    const transfer = await account.open(wanted(cloud.uncached), CALL);
    assert.equal(transfer.state, 'queued');
    assert.equal(upstream.asked.at(-1)?.path, '/api/v1/link/request');
    assert.equal(upstream.asked.at(-1)?.headers['x-forwarded-for'], CALL.viewerIp);
    assert.equal((await account.refresh(transfer, CALL)).state, 'queued');
    const unknown = { id: 'a', path: 'a', sizeBytes: 1, locator: '' };
    await assert.rejects(
      account.link(transfer, unknown, CALL),
      (error) => videoOf(error) === 'torrent_downloading',
    );
    cloud.uncached.isCached = true;
    const ready = await account.refresh(transfer, CALL);
    assert.equal(ready.state, 'ready');
    assert.equal(ready.files.length, cloud.uncached.files.length);
    await assert.rejects(
      account.link(ready, unknown, CALL),
      (error) => videoOf(error) === 'torrent_not_downloaded',
    );
  });

  it('debrider: a Usenet post plays from its cache, or not at all', async () => {
    await using debrider = await open('debrider');
    const { account, held } = debrider;
    const post = { ...wantedNzb('Sintel.2010.1080p-GRP'), url: CACHED_NZB };
    const transfer = await account.open(post, CALL);
    assert.equal(transfer.kind, 'nzb');
    assert.equal(transfer.state, 'ready');
    const video = transfer.files.find(({ path }) => path.endsWith('.mp4'));
    assert.ok(video !== undefined);
    assert.ok((await account.link(transfer, video, CALL)).url.endsWith('/Sintel.mp4'));
    assert.deepEqual(held.held, []);
    await assert.rejects(
      account.open({ ...post, url: 'https://indexer.example/other.nzb' }, CALL),
      (error) => videoOf(error) === 'usenet_transfer_error',
    );
  });

  it('seedr: what does not fit is refused, and nothing is deleted for it', async () => {
    await using seedr = await open('seedr');
    const { account, cloud, held, upstream } = seedr;
    cloud.fill(held, 3);
    held.state = 'full';
    await assert.rejects(
      account.open(wanted(cloud.uncached), CALL),
      (error) => videoOf(error) === 'not_enough_space',
    );
    assert.equal(held.held.length, 3);
    const deleting = upstream.asked.filter(
      ({ method, path }) => method === 'DELETE' || path.endsWith('/delete'),
    );
    assert.deepEqual(deleting, []);
  });

  it('seedr: with a task goes the folder that it has made, and no other one', async () => {
    await using seedr = await open('seedr');
    const { account, cloud, upstream } = seedr;
    const ready = await account.open(wanted(cloud.cached), CALL);
    await account.remove?.(ready.id, CALL);
    const made = Number(ready.id) + 1_000_000;
    const sent = JSON.stringify({ delete_arr: [{ id: made, type: 'folder' }] });
    assert.equal(upstream.asked.at(-1)?.body, sent);
    const asked = upstream.asked.length;
    const under = await account.open(wanted(cloud.uncached), CALL);
    await account.remove?.(under.id, CALL);
    const later = upstream.asked.slice(asked);
    assert.ok(!later.some(({ path }) => path.endsWith('/batch/delete')));
  });
});
