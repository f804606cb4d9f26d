/** Whose answers marks are made of. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FIXTURE_MEDIA, fixtureRows } from '../../../../native-bench/fixtures/stream-rows.ts';
import { Availability } from '../../../../src/features/debrid/availability.ts';
import type { DebridAccount, Transfer } from '../../../../src/features/debrid/contract.ts';
import { MARKS } from '../../../../src/lib/ranking/service-marks.ts';
import { STREAM_KINDS } from '../../../../src/lib/vocabulary.ts';
import { decodeStreamSet } from '../../../../src/lib/stream-set/decode.ts';
import { encodeStreamSet } from '../../../../src/lib/stream-set/encode.ts';
import type { JsonObject } from '../../../../src/lib/json/json-value.ts';
import { ownServices } from '../../../../src/lib/user-config/own-services.ts';
import { playingServices } from '../../../../src/lib/user-config/playing-services.ts';
import type { ReadThroughCache } from '../../../../src/platform/cache/cache.ts';
import { NO_ABORT } from '../../../support/open-database.ts';

/** Of one process, for ever. */
function simpleCache<T>(): ReadThroughCache<T> {
  const known = new Map<string, T>();
  return {
    peek: () => undefined,
    find: () => Promise.resolve(undefined),
    get: async (key, load, signal) => {
      const value = known.get(key) ?? (await load(signal));
      if (value !== null) known.set(key, value);
      return { value, tier: 'l1', stale: false };
    },
    update: (key, _load, change) => {
      const value = change(known.get(key) ?? null);
      known.set(key, value);
      return Promise.resolve(value);
    },
    invalidate: () => Promise.resolve(),
  };
}

const same = (text: string) => text;
const MARK_CACHED = 0;
const MARK_NOT_CACHED = 2;

/** Marks of the one torrent, as two users see it; the first one's account says that it is cached. */
async function seenByBoth(first: JsonObject, second: JsonObject): Promise<readonly unknown[]> {
  const set = decodeStreamSet(encodeStreamSet(FIXTURE_MEDIA, fixtureRows(1)));
  assert.ok(set !== null);
  const availability = new Availability({
    open: (entry) => {
      const account: Partial<DebridAccount> = {
        service: entry.service.service,
        checkMax: 100,
        checkCached: (hashes) =>
          Promise.resolve(new Set(entry.text('tk') === first['tk'] ? hashes : [])),
      };
      return account as DebridAccount;
    },
    checked: simpleCache(),
    held: simpleCache(),
    learnt: simpleCache(),
    deadlineMs: 1000,
  });
  const seen: unknown[] = [];
  for (const entry of [first, second]) {
    const services = playingServices(ownServices({ sps: [entry] }, same), '', same);
    const [row] = await availability.of(set, services, { signal: NO_ABORT });
    seen.push(row?.[0]);
  }
  await availability[Symbol.asyncDispose]();
  return seen;
}

test('a service that answers for everybody is asked once', async () => {
  assert.deepEqual(
    await seenByBoth({ sv: 'premiumize', tk: 'one' }, { sv: 'premiumize', tk: 'two' }),
    [MARK_CACHED, MARK_CACHED],
  );
});

test('what another store, or a server that a token names, has is nothing to others', async () => {
  for (const tk of ['torbox:one', 'http://stremthru.example|torbox:one', 'me:one'])
    assert.deepEqual(
      await seenByBoth({ sv: 'stremthru', tk }, { sv: 'stremthru', tk: 'realdebrid:two' }),
      [MARK_CACHED, MARK_NOT_CACHED],
      tk,
    );
});

test('Usenet posts are known by their names: what the account holds, and what playing has shown', async () => {
  const [row] = fixtureRows(1);
  assert.ok(row !== undefined);
  const kind = STREAM_KINDS.indexOf('usenet');
  const posts = ['Held.2010-GRP', 'Failed.2010-GRP', 'Played.2010-GRP', 'Other.2010-GRP'];
  const rows = posts.map((name, index) => ({
    ...row,
    kind,
    name,
    infohash: null,
    locator: `https://indexer.example/${index}`,
  }));
  const set = decodeStreamSet(encodeStreamSet(FIXTURE_MEDIA, [row, ...rows]));
  assert.ok(set !== null);
  const asked: (readonly string[])[] = [];
  const post = { kind: 'nzb', infohash: '', state: 'ready' } as const;
  const availability = new Availability({
    open: () =>
      ({
        service: 'torbox',
        checkMax: 100,
        checkCached: (hashes) => {
          asked.push(hashes);
          return Promise.resolve(new Set(hashes));
        },
        list: () =>
          Promise.resolve([
            { ...post, name: 'Held 2010 GRP.nzb' },
            { ...post, name: posts[1], state: 'failed' },
          ] as Transfer[]),
      }) as Partial<DebridAccount> as DebridAccount,
    checked: simpleCache(),
    held: simpleCache(),
    learnt: simpleCache(),
    deadlineMs: 1000,
  });
  const services = playingServices(
    ownServices({ sps: [{ sv: 'torbox', tk: 'one', eun: true }] }, same),
    '',
    same,
  );
  const [first] = services.all;
  assert.ok(first !== undefined);
  const { cached, unknown, notCached } = MARKS;
  const seen = async () => [
    ...((await availability.of(set, services, { signal: NO_ABORT }))[0] ?? []),
  ];
  assert.deepEqual(await seen(), [cached, cached, unknown, unknown, unknown]);
  availability.learn(first.entry, { kind: 'nzb', name: posts[2] ?? '' }, true);
  availability.learn(first.entry, { kind: 'nzb', name: posts[3] ?? '' }, false);
  await availability[Symbol.asyncDispose]();
  assert.deepEqual(await seen(), [cached, cached, unknown, cached, notCached]);
  assert.deepEqual(
    asked.map((hashes) => hashes.length),
    [1],
    'nobody is asked for posts as if they were torrents',
  );
});
