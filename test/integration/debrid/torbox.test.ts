/** What TorBox has beside what all services have: Usenet downloads, and a token in an address. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import type { DebridAccount, Transfer } from '../../../src/features/debrid/contract.ts';
import { deviceLogin } from '../../../src/features/debrid/registry.ts';
import { videoOf } from '../../../src/features/debrid/failures.ts';
import { NEVER } from '../../support/cache-parts.ts';
import {
  CANARY,
  NZB,
  openAccount,
  openDebridTools,
  wanted,
  wantedNzb,
} from '../../support/debrid-kits.ts';
import { fails } from '../../support/fetch-parts.ts';
import { DebridCloud } from '../../support/upstreams/debrid-cloud.ts';
import {
  startTorBox,
  type TorBoxQueue,
  type TorBoxUsenet,
} from '../../support/upstreams/torbox.ts';

const TOKEN = `${CANARY}torbox`;
const CALL = { signal: NEVER, viewerIp: '' };
const POST = wantedNzb('Sintel.2010.1080p.BluRay.x264-GRP');
const LOOKS_MAX = 10;

async function open(
  usenet: TorBoxUsenet = { downloads: [] },
  queue: TorBoxQueue = { waiting: [], isNeeded: false },
) {
  const cloud = new DebridCloud();
  const held = cloud.account(TOKEN);
  const upstream = await startTorBox(cloud, {}, usenet, queue);
  const tools = openDebridTools({ TORBOX_URL: upstream.url });
  return {
    cloud,
    held,
    upstream,
    account: openAccount({ sv: 'torbox', tk: TOKEN, eun: true }, tools),
    [Symbol.asyncDispose]: async () => {
      await tools[Symbol.asyncDispose]();
      await upstream[Symbol.asyncDispose]();
    },
  };
}

async function ended(account: DebridAccount, opened: Transfer): Promise<Transfer> {
  let transfer = opened;
  for (let looks = 0; looks < LOOKS_MAX; looks++) {
    if (transfer.state === 'ready' || transfer.state === 'failed') return transfer;
    transfer = await account.refresh(transfer, CALL);
  }
  return assert.fail(`still ${transfer.state}`);
}

describe('TorBox', () => {
  it('a Usenet post is added once, gets on, plays, and is removed', async () => {
    const usenet = { downloads: [] };
    await using torBox = await open(usenet);
    const { account } = torBox;
    const opened = await account.open(POST, CALL);
    assert.equal(opened.kind, 'nzb');
    assert.equal((await account.open(POST, CALL)).id, opened.id);
    assert.equal(usenet.downloads.length, 1);
    const transfer = await ended(account, opened);
    const [file] = transfer.files;
    assert.ok(file !== undefined);
    assert.equal(
      (await account.link(transfer, file, CALL)).url,
      'https://cdn.invalid/usenet/1.mkv',
    );
    await account.open(wanted(torBox.cloud.cached), CALL);
    const listed = await account.list?.(CALL);
    assert.deepEqual(listed?.map(({ kind }) => kind).toSorted(), ['nzb', 'torrent']);
    await account.remove?.(transfer.id, CALL);
    assert.deepEqual(usenet.downloads, []);
    assert.equal((await account.list?.(CALL))?.length, 1);
  });

  it('a Usenet post that it cannot download', async () => {
    await using torBox = await open({ downloads: [], deadNzb: NZB });
    const transfer = await ended(torBox.account, await torBox.account.open(POST, CALL));
    assert.equal(transfer.failure, 'debrid.usenet-failed');
    await assert.rejects(
      torBox.account.open(wantedNzb('Other', 'nonsense'), CALL),
      (error) => videoOf(error) === 'usenet_transfer_error',
    );
  });

  it('a call for a link that fails says nothing of the token in its address', async () => {
    for (const kind of ['reset', 'hang-body', 'web-page', 'redirect', 'garbage'] as const) {
      await using torBox = await open();
      const { account, cloud, upstream } = torBox;
      const transfer = await account.open(wanted(cloud.cached), CALL);
      const [file] = transfer.files;
      assert.ok(file !== undefined);
      upstream.script = { fault: { kind } };
      const signal = AbortSignal.timeout(300);
      const error: unknown = await account.link(transfer, file, { signal, viewerIp: '' }).then(
        () => assert.fail('it succeeded'),
        (failure: unknown) => failure,
      );
      assert.ok(!inspect(error, { depth: 10, showHidden: true }).includes(CANARY), inspect(error));
      assert.ok(upstream.asked.every(({ query }) => query.get('redirect') !== 'true'));
    }
  });

  it('what waits for a slot is queued once, found when it gets one, and can be removed', async () => {
    const queue: TorBoxQueue = { waiting: [], isNeeded: true };
    await using torBox = await open({ downloads: [] }, queue);
    const { account, cloud, held } = torBox;
    const queued = await account.open(wanted(cloud.cached), CALL);
    assert.equal(queued.state, 'queued');
    assert.equal((await account.open(wanted(cloud.cached), CALL)).id, queued.id);
    assert.equal(queue.waiting.length, 1);
    queue.waiting.length = 0;
    cloud.hold(held, cloud.cached);
    assert.equal((await account.refresh(queued, CALL)).state, 'ready');
    const other = await account.open(wanted(cloud.uncached), CALL);
    await account.remove?.(other.id, CALL);
    assert.deepEqual(queue.waiting, []);
    assert.equal(held.held.length, 1);
  });
});

it('login by a code', async (t) => {
  const cloud = new DebridCloud();
  cloud.account(TOKEN);
  const login = { isConfirmed: false, token: TOKEN };
  const queue = { waiting: [], isNeeded: false };
  const upstream = await startTorBox(cloud, {}, { downloads: [] }, queue, login);
  const tools = openDebridTools({ TORBOX_URL: upstream.url });
  t.after(async () => {
    await tools[Symbol.asyncDispose]();
    await upstream[Symbol.asyncDispose]();
  });
  const service = deviceLogin('torbox', tools);
  assert.ok(service !== null);
  const code = await service.start(CALL);
  assert.deepEqual(
    [code.userCode, code.verifyUrl, code.pollEveryS],
    ['123456', 'https://tor.box/link', 5],
  );
  assert.ok(code.expiresAtMs > Date.now() + 500_000);
  assert.equal(await service.poll(code.deviceCode, CALL), null);
  await fails(service.poll('another', CALL), 'debrid.login-expired');
  login.isConfirmed = true;
  const token = await service.poll(code.deviceCode, CALL);
  const account = openAccount({ sv: 'torbox', tk: token ?? '' }, tools);
  assert.equal((await account.open(wanted(cloud.cached), CALL)).state, 'ready');
});
