/** What StremThru has beside what all services have: whose failures it reports, and users who have a server of their own. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { videoOf } from '../../../src/features/debrid/failures.ts';
import { AppError } from '../../../src/lib/errors.ts';
import type { JsonObject } from '../../../src/lib/json/json-value.ts';
import { NEVER } from '../../support/cache-parts.ts';
import { CANARY, openAccount, openDebridTools, wanted } from '../../support/debrid-kits.ts';
import { DebridCloud } from '../../support/upstreams/debrid-cloud.ts';
import { startStremThru, type StremThruOptions } from '../../support/upstreams/stremthru.ts';

const TOKEN = `${CANARY}stremthru`;
const CALL = { signal: NEVER, viewerIp: '' };

async function open(entry: JsonObject, options: StremThruOptions = {}) {
  const cloud = new DebridCloud();
  cloud.account(TOKEN);
  const upstream = await startStremThru(cloud, options);
  const tools = openDebridTools({ STREMTHRU_URL: upstream.url });
  return {
    cloud,
    upstream,
    tools,
    account: openAccount({ sv: 'stremthru', ...entry }, tools),
    [Symbol.asyncDispose]: async () => {
      await tools[Symbol.asyncDispose]();
      await upstream[Symbol.asyncDispose]();
    },
  };
}

async function failureOf(work: Promise<unknown>): Promise<AppError> {
  const error: unknown = await work.then(
    () => assert.fail('it succeeded'),
    (failure: unknown) => failure,
  );
  assert.ok(error instanceof AppError);
  assert.ok(!error.message.includes(CANARY));
  return error;
}

describe('StremThru', () => {
  it('a store that cannot be reached is no failure of StremThru: it is asked on', async () => {
    await using opened = await open({ tk: `torbox:${TOKEN}` }, { isStoreDown: true });
    const { account, cloud, upstream } = opened;
    for (let asked = 1; asked <= 20; asked++) {
      const error = await failureOf(account.open(wanted(cloud.cached), CALL));
      assert.equal(error.code, 'debrid.failed', error.message);
      assert.equal(videoOf(error), 'provider_error');
      assert.equal(upstream.asked.length, asked);
    }
  });

  it('a store that it does not know is a wrong login', async () => {
    await using opened = await open({ tk: TOKEN, stsn: 'nonsense' });
    assert.equal((await failureOf(opened.account.verify(CALL))).code, 'debrid.bad-login');
  });

  it('a login that it does not know is a wrong token', async () => {
    await using opened = await open({ tk: 'somebody:else' });
    assert.equal((await failureOf(opened.account.verify(CALL))).code, 'debrid.bad-token');
  });

  it('a torrent of which it knows nothing any more', async () => {
    await using opened = await open({ tk: `torbox:${TOKEN}` });
    const { account, cloud } = opened;
    const transfer = await account.open(wanted(cloud.uncached), CALL);
    await account.remove?.(transfer.id, CALL);
    assert.equal((await failureOf(account.refresh(transfer, CALL))).code, 'debrid.not-found');
    const file = { id: 'a', path: 'a', sizeBytes: 1, locator: 'stremthru://store/torbox/T9-1' };
    assert.equal((await failureOf(account.link(transfer, file, CALL))).code, 'debrid.not-found');
  });

  it("a user's own server at a private address is not asked, wherever it is written", async () => {
    await using own = await startStremThru(new DebridCloud());
    await using opened = await open({ tk: `torbox:${TOKEN}` });
    for (const entry of [
      { u: own.url, tk: `torbox:${TOKEN}` },
      { tk: `${own.url}|torbox:${TOKEN}` },
    ]) {
      const account = openAccount({ sv: 'stremthru', ...entry }, opened.tools);
      assert.equal((await failureOf(account.verify(CALL))).code, 'fetch.blocked-address');
    }
    assert.equal(own.asked.length, 0);
  });

  it("the operator's own server may be named by users, too", async () => {
    await using opened = await open({ tk: `torbox:${TOKEN}` });
    const { tools, upstream } = opened;
    const entry = { sv: 'stremthru', u: `${upstream.url}/`, tk: `torbox:${TOKEN}` };
    assert.equal((await openAccount(entry, tools).verify(CALL)).isPremium, true);
  });

  it('an address that is none', async () => {
    await using opened = await open({ tk: `torbox:${TOKEN}` });
    for (const u of ['ftp://a.example', 'nonsense', 'https://a.example/?x=1', 'http://'])
      assert.throws(
        () => openAccount({ sv: 'stremthru', u, tk: TOKEN }, opened.tools),
        (error) => error instanceof AppError && error.code === 'debrid.no-credentials',
      );
  });

  it('a link that holds the token is refused', async () => {
    await using opened = await open({ tk: `torbox:${TOKEN}` });
    const { account, cloud, upstream } = opened;
    const transfer = await account.open(wanted(cloud.cached), CALL);
    const [file] = transfer.files;
    assert.ok(file !== undefined);
    const text = JSON.stringify({ data: { link: `https://cdn.example/a?token=${TOKEN}` } });
    upstream.script = { fault: { kind: 'json', text } };
    const error = await failureOf(account.link(transfer, file, CALL));
    assert.equal(error.code, 'debrid.bad-answer');
  });
});
