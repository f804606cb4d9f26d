/** Services of a configuration: which count, in which order, and that their credentials show nowhere. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { ownServices, serviceEntryOf } from '../../../../src/lib/user-config/own-services.ts';
import type { JsonObject } from '../../../../src/lib/json/json-value.ts';

const digest = (text: string) => createHash('sha256').update(text).digest('base64url');
const read = (config: JsonObject) => ownServices(config, digest);
const one = (provider: JsonObject) => {
  const [entry] = read({ sps: [provider] });
  assert.ok(entry !== undefined);
  return entry;
};

test('enabled services in the order of their priority, unknown ones left out', () => {
  const entries = read({
    sps: [
      { sv: 'premiumize', tk: 'a', pr: 2 },
      { sv: 'realdebrid', tk: 'b', pr: 1, n: 'Mine' },
      { sv: 'alldebrid', tk: 'c', en: false },
      { sv: 'of tomorrow', tk: 'd' },
    ],
  });
  assert.deepEqual(
    entries.map(({ service, name }) => [service.service, name]),
    [
      ['realdebrid', 'Mine'],
      ['premiumize', 'Premiumize'],
    ],
  );
});

test('the one provider of old configurations counts while the list has none', () => {
  assert.equal(read({ sp: { sv: 'torbox', tk: 'x' } })[0]?.service.service, 'torbox');
  assert.deepEqual(read({ sp: { sv: 'torbox', tk: 'x' }, sps: [{ sv: 'p2p' }] }).length, 1);
  assert.deepEqual(read({}), []);
});

test('the key of an account depends on service and credentials alone', () => {
  const { accountKey } = one({ sv: 'realdebrid', tk: 'secret' });
  assert.equal(
    one({ sv: 'realdebrid', tk: 'secret', pr: 7, oscs: true, n: 'x' }).accountKey,
    accountKey,
  );
  assert.notEqual(one({ sv: 'realdebrid', tk: 'other' }).accountKey, accountKey);
  assert.notEqual(one({ sv: 'alldebrid', tk: 'secret' }).accountKey, accountKey);
});

test('credentials are read by path, and seen in no log', () => {
  const entry = one({
    sv: 'qbittorrent',
    qbc: { qur: 'http://box:8080', qpw: 'canary', wur: 'http://box:9000', wep: ['/a'], stl: 60 },
  });
  assert.equal(entry.text('qbc.qur'), 'http://box:8080');
  assert.equal(entry.text('qbc.stl'), '60');
  assert.equal(entry.text('qbc.nothing.at.all'), '');
  assert.deepEqual(entry.value('qbc.wep'), ['/a']);
  assert.deepEqual(entry.secrets(), ['canary']);
  assert.deepEqual(entry.missing(), []);
  assert.doesNotMatch(inspect(entry, { depth: 9 }) + JSON.stringify(entry), /canary/);
});

test('what is missing is named as the page names it', () => {
  assert.deepEqual(one({ sv: 'realdebrid' }).missing(), ['API token']);
  assert.deepEqual(one({ sv: 'pikpak', em: 'a@b.example' }).missing(), ['Password']);
});

test('switches have the defaults of the configuration', () => {
  const { onlyCached, mediaflow, playsUsenet, hasCatalogs } = one({ sv: 'torbox', tk: 'x' });
  assert.deepEqual([onlyCached, mediaflow, playsUsenet, hasCatalogs], [false, null, false, true]);
});

test('services play through the MediaFlow proxy of the configuration, unless they are not to', () => {
  const mfc = { pu: 'https://flow.example/', ap: 'canary', pls: true };
  const [through, direct] = read({
    mfc,
    sps: [
      { sv: 'realdebrid', tk: 'x' },
      { sv: 'realdebrid', tk: 'x', umf: false },
    ],
  });
  assert.equal(through?.mediaflow?.base, 'https://flow.example');
  assert.equal(direct?.mediaflow, null);
  assert.notEqual(through.accountKey, direct.accountKey, 'nothing is shared between the ways');
  assert.deepEqual(through.playing()['mfc'], { ap: 'canary', pu: 'https://flow.example/' });
  assert.doesNotMatch(inspect(through, { depth: 9 }) + JSON.stringify(through), /canary/);
  const again = serviceEntryOf(through.playing(), digest);
  assert.equal(again?.accountKey, through.accountKey, 'also behind the token of a link');
  assert.equal(again?.mediaflow?.base, 'https://flow.example');
  const without = one({ sv: 'realdebrid', tk: 'x' });
  assert.deepEqual(direct.playing(), without.playing());
  assert.deepEqual(
    read({ mfc: { ap: 'x' }, sps: [{ sv: 'realdebrid', tk: 'x' }] })[0]?.mediaflow,
    null,
  );
});

test('keys of indexers go with what plays Usenet, and are as secret as others', () => {
  const indexers = [{ url: 'https://indexer.example/api', apiKey: 'canary' }];
  const entries = [
    { sv: 'realdebrid', tk: 'x' },
    { sv: 'torbox', tk: 'x' },
    { sv: 'torbox', tk: 'x', eun: true },
    { sv: 'nzbdav', ndc: { u: 'http://box', ak: 'y' } },
  ];
  const services = ownServices({ sps: entries }, String, indexers);
  assert.deepEqual(
    services.map((entry) => entry.indexers()),
    [[], [], indexers, indexers],
  );
  const [realDebrid, torBox, both, nzbDav] = services;
  assert.deepEqual(both?.secrets(), ['x', 'canary']);
  const without = ownServices({ sps: entries }, String);
  assert.deepEqual(realDebrid?.playing(), without[0]?.playing());
  assert.deepEqual(torBox?.playing(), without[1]?.playing());
  assert.notDeepEqual(nzbDav?.playing(), without[3]?.playing());
  assert.equal(nzbDav?.accountKey, without[3]?.accountKey);
  const again = serviceEntryOf(nzbDav?.playing() ?? {}, String);
  assert.deepEqual(again?.indexers(), indexers);
  assert.deepEqual(
    services.map(({ playsTorrents, playsUsenet }) => [playsTorrents, playsUsenet]),
    [
      [true, false],
      [true, false],
      [true, true],
      [false, true],
    ],
  );
});

test('a news server is an address of one, with how many connections it takes', () => {
  const of = (u: string, sv = 'stremio_nntp') => one({ sv, u }).newsServer();
  assert.equal(of('nntps://me:word@news.example:563/8'), 'nntps://me:word@news.example:563/8');
  assert.equal(of('nntp://news.example'), 'nntp://news.example/4');
  assert.equal(of('nntp://news.example/'), 'nntp://news.example/4');
  for (const u of ['', 'https://news.example', 'nntps://', 'news.example']) assert.equal(of(u), '');
  assert.equal(of('nntp://news.example', 'stremthru'), '');
});
