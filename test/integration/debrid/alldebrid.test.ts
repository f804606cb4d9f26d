/** What is peculiar to AllDebrid: magnets in three shapes, links that take a while, its login by PIN. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DebridCall } from '../../../src/features/debrid/contract.ts';
import { deviceLogin } from '../../../src/features/debrid/registry.ts';
import { NEVER } from '../../support/cache-parts.ts';
import { openAccount, openDebridTools, wanted } from '../../support/debrid-kits.ts';
import { fails } from '../../support/fetch-parts.ts';
import { startAllDebrid } from '../../support/upstreams/alldebrid.ts';
import { DebridCloud } from '../../support/upstreams/debrid-cloud.ts';
import { json } from '../../support/upstreams/fake-upstream.ts';
import { startAnswers } from './answers.ts';

const CALL: DebridCall = { signal: NEVER, viewerIp: '' };
const ENTRY = { sv: 'alldebrid', tk: 'key' };
const HASH = 'a'.repeat(40);
const data = (value: unknown) => json({ status: 'success', data: value });

test('magnets come as a list, as an object with numbers, or as one', async (t) => {
  const magnet = { id: 7, hash: HASH, filename: 'Some', statusCode: 0, size: 0 };
  for (const magnets of [[magnet], { 0: magnet }, magnet]) {
    const account = await startAnswers(t, 'ALLDEBRID_URL', ENTRY, () => data({ magnets }));
    const listed = await account.list?.(CALL);
    assert.deepEqual(
      listed?.map(({ id, infohash }) => [id, infohash]),
      [['7', HASH]],
    );
  }
});

test('a link that takes a while is downloading until it is there', async (t) => {
  let status = 1;
  const account = await startAnswers(t, 'ALLDEBRID_URL', ENTRY, ({ path }) =>
    path.endsWith('/delayed')
      ? data({ status, ...(status === 2 && { link: 'https://cdn.invalid/film.mkv' }) })
      : data({ link: '', delayed: 12_345 }),
  );
  const transfer = { kind: 'torrent', id: '7', infohash: HASH, name: '', state: 'ready' } as const;
  const rest = { failure: null, progress: 1, sizeBytes: 0, addedAtS: 0, files: [] } as const;
  const file = { id: '0', path: 'film.mkv', sizeBytes: 1, locator: 'https://alldebrid.com/f/x' };
  await fails(account.link({ ...transfer, ...rest }, file, CALL), 'debrid.downloading');
  status = 2;
  const link = await account.link({ ...transfer, ...rest }, file, CALL);
  assert.equal(link.url, 'https://cdn.invalid/film.mkv');
});

test('a link that holds the key is given to nobody', async (t) => {
  const account = await startAnswers(t, 'ALLDEBRID_URL', { ...ENTRY, tk: 'key+12345' }, () =>
    data({ link: 'https://cdn.invalid/film.mkv?apikey=key%2B12345' }),
  );
  const transfer = { kind: 'torrent', id: '7', infohash: HASH, name: '', state: 'ready' } as const;
  const rest = { failure: null, progress: 1, sizeBytes: 0, addedAtS: 0, files: [] } as const;
  const file = { id: '0', path: 'film.mkv', sizeBytes: 1, locator: 'https://alldebrid.com/f/x' };
  await fails(account.link({ ...transfer, ...rest }, file, CALL), 'debrid.bad-answer', /token/);
});

test('an error of the one magnet beside it', async (t) => {
  const account = await startAnswers(t, 'ALLDEBRID_URL', ENTRY, () =>
    data({
      magnets: [{ magnet: 'x', error: { code: 'NO_SERVER', message: 'Servers are not allowed' } }],
    }),
  );
  await fails(
    account.open({ kind: 'torrent', infohash: HASH, name: '', trackers: [] }, CALL),
    'debrid.server-refused',
    /NO_SERVER/,
  );
});

test('the viewer is told where the service wants it', async (t) => {
  const asked: string[] = [];
  const account = await startAnswers(t, 'ALLDEBRID_URL', ENTRY, ({ query }) => {
    asked.push(query.get('ip') ?? '');
    return data({ magnets: [] });
  });
  await account.list?.(CALL);
  await account.list?.({ ...CALL, viewerIp: '192.0.2.7' });
  assert.deepEqual(asked, ['', '192.0.2.7']);
});

test('login by PIN', async (t) => {
  const cloud = new DebridCloud();
  cloud.account('key-of-the-user');
  const login = { isConfirmed: false };
  const upstream = await startAllDebrid(cloud, {}, login);
  const tools = openDebridTools({ ALLDEBRID_URL: upstream.url });
  t.after(async () => {
    await tools[Symbol.asyncDispose]();
    await upstream[Symbol.asyncDispose]();
  });
  const service = deviceLogin('alldebrid', tools);
  assert.ok(service !== null);
  const code = await service.start(CALL);
  assert.equal(code.userCode, 'ABCD');
  assert.equal(await service.poll(code.deviceCode, CALL), null);
  await fails(service.poll('WRONG:x', CALL), 'debrid.login-expired');
  login.isConfirmed = true;
  const token = await service.poll(code.deviceCode, CALL);
  assert.equal(token, 'key-of-the-user');
  const account = openAccount({ sv: 'alldebrid', tk: token ?? '' }, tools);
  const transfer = await account.open(wanted(cloud.cached), CALL);
  assert.equal(transfer.state, 'ready');
});
