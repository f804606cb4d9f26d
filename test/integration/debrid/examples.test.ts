/** The answers that the services' own documents print (`../shared/data/debrid`), read one by one. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import type { DebridCall, Transfer, WantedTorrent } from '../../../src/features/debrid/contract.ts';
import { NEVER } from '../../support/cache-parts.ts';
import { fails } from '../../support/fetch-parts.ts';
import type { Answer, Asked } from '../../support/upstreams/fake-upstream.ts';
import { startAnswers } from './answers.ts';

interface Example {
  readonly name: string;
  readonly request: { readonly method: string; readonly path: string };
  readonly response: { readonly status: number; readonly body: unknown };
}

const CALL: DebridCall = { signal: NEVER, viewerIp: '' };
const NIGHT: WantedTorrent = {
  kind: 'torrent',
  infohash: '50b7dafb7137cbecf045f78e8efbe4ac1a90d139',
  name: 'Night of the Living Dead',
  trackers: [],
};
const FILM = 'Night.Of.The.Living.Dead.1968.720p.BluRay.x264-[YTS.AM].mp4';

/** Answers of these examples, each to its path; of several of one path the next one at each call, the last one for good. */
function answersOf(service: string, names: readonly string[]) {
  const file = readFileSync(`../shared/data/debrid/${service}.json`, 'utf8');
  const all = JSON.parse(file) as readonly Example[];
  const left = names.map((name) => {
    const example = all.find((one) => one.name === name);
    assert.ok(example !== undefined, `${service} has ${name}`);
    return example;
  });
  return ({ path }: Asked): Answer | undefined => {
    const plain = (text: string) => text.replace(/^\/v4(?:\.1)?/, '').replace(/\?.*/, '');
    const fitting = left.filter(({ request }) => plain(request.path) === plain(path));
    const [next] = fitting;
    if (next === undefined) return undefined;
    if (fitting.length > 1) left.splice(left.indexOf(next), 1);
    const { status, body } = next.response;
    return {
      status,
      contentType: 'application/json',
      ...(body !== null && { body: JSON.stringify(body) }),
    };
  };
}

const account = (t: TestContext, service: string, names: readonly string[]) =>
  startAnswers(
    t,
    `${service.toUpperCase()}_URL`,
    { sv: service, tk: 'key' },
    answersOf(service, names),
  );

const held = (id: string, infohash = NIGHT.infohash): Transfer => ({
  kind: 'torrent',
  id,
  infohash,
  name: '',
  state: 'queued',
  failure: null,
  progress: 0,
  sizeBytes: 0,
  addedAtS: 0,
  files: [],
});

test('real-debrid: a torrent whose files are selected, and its link', async (t) => {
  const realDebrid = await account(t, 'realdebrid', [
    'user',
    'torrents/info waiting_files_selection',
    'torrents/selectFiles',
    'torrents/info downloaded',
    'unrestrict/link',
  ]);
  assert.deepEqual(await realDebrid.verify(CALL), {
    user: 'yourusername',
    isPremium: true,
    premiumUntilMs: Date.parse('2021-02-20T12:34:56.000Z'),
  });
  const transfer = await realDebrid.refresh(held('DEF456'), CALL);
  assert.equal(transfer.state, 'ready');
  assert.equal(transfer.addedAtS, Date.parse('2021-02-20T12:33:31.000Z') / 1000);
  const [film, picture] = transfer.files;
  assert.deepEqual(film, {
    id: '1',
    path: FILM,
    sizeBytes: 828_760_756,
    locator: 'https://real-debrid.com/d/GHI789',
  });
  assert.equal(picture?.locator, '');
  const link = await realDebrid.link(transfer, film, CALL);
  assert.equal(new URL(link.url).hostname, '123.download.real-debrid.com');
});

test('real-debrid: a bad token', async (t) => {
  const realDebrid = await account(t, 'realdebrid', ['bad token']);
  await fails(realDebrid.verify(CALL), 'debrid.bad-token', /Real-Debrid.*8/);
});

test('alldebrid: one magnet as an object, and a link', async (t) => {
  const allDebrid = await account(t, 'alldebrid', [
    'user',
    'magnet/upload',
    'magnet/status ready',
    'link/unlock',
    'magnet/delete',
  ]);
  const info = await allDebrid.verify(CALL);
  assert.deepEqual(
    [info.user, info.isPremium, info.premiumUntilMs],
    ['yourusername', true, 123_000],
  );
  const [listed] = (await allDebrid.list?.(CALL)) ?? [];
  assert.deepEqual(
    [listed?.id, listed?.state, listed?.progress, listed?.sizeBytes, listed?.addedAtS],
    ['456', 'ready', 1, 828_818_888, 1_613_926_249],
  );
  const file = { id: '0', path: FILM, sizeBytes: 1, locator: 'https://uptobox.com/abc789' };
  const link = await allDebrid.link(held('456'), file, CALL);
  assert.equal(new URL(link.url).hostname, 'ghi.debrid.it');
  await allDebrid.remove?.('456', CALL);
});

test('alldebrid: errors come with 200', async (t) => {
  const badKey = await account(t, 'alldebrid', ['user bad key']);
  await fails(badKey.verify(CALL), 'debrid.bad-token', /AllDebrid.*AUTH_BAD_APIKEY/);
});

test('premiumize: sizes are texts, the picture comes first', async (t) => {
  const premiumize = await account(t, 'premiumize', [
    'account/info',
    'cache/check',
    'transfer/directdl',
    'transfer/list',
    'transfer/create',
  ]);
  assert.equal((await premiumize.verify(CALL)).user, '123');
  assert.deepEqual(
    [...((await premiumize.checkCached?.([NIGHT.infohash], CALL)) ?? [])],
    [NIGHT.infohash],
  );
  const transfer = await premiumize.open(NIGHT, CALL);
  assert.deepEqual([transfer.id, transfer.state, transfer.files.length], ['', 'ready', 2]);
  const film = transfer.files[1];
  assert.ok(film !== undefined);
  assert.equal(film.sizeBytes, 828_760_756);
  const link = await premiumize.link(transfer, film, CALL);
  assert.equal(new URL(link.url).hostname, 'lyanna.lmklol.link');
  const [finished] = (await premiumize.list?.(CALL)) ?? [];
  assert.deepEqual(
    [finished?.id, finished?.state, finished?.progress, finished?.infohash],
    ['xyz321-VREg', 'ready', 1, '11ea02584fa6351956f35671962ab46354d99060'],
  );
});

test('premiumize: a sentence instead of a code', async (t) => {
  const premiumize = await account(t, 'premiumize', ['account/info bad key']);
  await fails(premiumize.verify(CALL), 'debrid.bad-token', /Premiumize/);
});

test('debrid-link: files with links of their own', async (t) => {
  const debridLink = await account(t, 'debridlink', ['seedbox/list', 'seedbox/add']);
  const [sintel] = (await debridLink.list?.(CALL)) ?? [];
  assert.ok(sintel !== undefined);
  assert.deepEqual([sintel.id, sintel.state, sintel.addedAtS], ['a1b2', 'ready', 1_717_236_000]);
  const [film] = sintel.files;
  assert.ok(film !== undefined);
  const link = await debridLink.link(sintel, film, CALL);
  assert.equal(link.url, 'https://seed01.example/dl/a1b2/Sintel.mp4');
  const added = await debridLink.open({ ...NIGHT, infohash: sintel.infohash }, CALL);
  assert.deepEqual([added.state, added.progress], ['downloading', 0.12]);
  assert.ok(added.files.every(({ locator }) => locator === ''));
});

test('debrid-link: a bad token', async (t) => {
  const debridLink = await account(t, 'debridlink', ['bad token']);
  await fails(debridLink.verify(CALL), 'debrid.bad-token', /Debrid-Link.*badToken|no account|HTTP/);
});
