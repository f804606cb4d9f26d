/** Protects reading of magnet links as they are met: encodings, versions, leftovers; and that what we write is read by us. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseInfohash } from '../../../../src/lib/torrent/infohash.ts';
import { formatMagnet, parseMagnet } from '../../../../src/lib/torrent/magnet.ts';
import { publicTrackers } from '../../../../src/lib/torrent/trackers.ts';

const FILE = '../shared/data/torrents/magnets.json';
const SINTEL = '08ada5a7a6183aae1e09d831df6748d566095a10';
const BUNNY = 'dd8255ecdc7ca55fb0bbf81323d87062db1f6d1c';
const BUNNY_BASE32 = '3WBFL3G4PSSV7MF37AJSHWDQMLNR63I4';
const V2 = 'ab'.repeat(32);

test('recorded links', { skip: existsSync(FILE) ? false : `${FILE} is not there` }, async () => {
  const recorded = JSON.parse(await readFile(FILE, 'utf8')) as readonly {
    readonly magnet: string;
    readonly infohash: string;
    readonly name: string;
  }[];
  for (const { magnet, infohash, name } of recorded) {
    const read = parseMagnet(magnet);
    assert.deepEqual([read?.infohash, read?.name], [infohash, name]);
    assert.ok(read !== null && read.trackers.length > 0);
  }
});

test('every way to write a hash', () => {
  const cases: readonly (readonly [link: string, infohash: string | null, v2?: string])[] = [
    [`magnet:?xt=urn:btih:${SINTEL}`, SINTEL],
    [`MAGNET:?XT=URN:BTIH:${SINTEL.toUpperCase()}`, SINTEL],
    [`magnet:?xt=urn%3Abtih%3A${SINTEL}`, SINTEL],
    [`  magnet:?xt=urn:btih:${BUNNY_BASE32}\n`, BUNNY],
    [`magnet:?xt=urn:btih:${BUNNY_BASE32.toLowerCase()}`, BUNNY],
    [`magnet:?dn=x&amp;xt=urn:btih:${SINTEL}`, SINTEL],
    [`magnet:?xt.1=urn:btih:${SINTEL}&xt.2=urn:btmh:1220${V2}`, SINTEL, V2],
    [`magnet:?xt=urn:btmh:1220${V2.toUpperCase()}`, null, V2],
    [`magnet:?xt=urn:btih:${SINTEL}&xt=urn:btih:${BUNNY}`, BUNNY],
    [`magnet:?xt=urn:btih:${SINTEL}&xt=urn:btih:nonsense`, SINTEL],
  ];
  for (const [link, infohash, infohashV2 = null] of cases) {
    const read = parseMagnet(link);
    assert.deepEqual([read?.infohash, read?.infohashV2], [infohash, infohashV2], link);
  }
});

test('what names no torrent is none', () => {
  const links = [
    '',
    'magnet:',
    'magnet:?dn=x',
    'magnet:?xt=urn:sha1:YNCKHTQCWBTRNJIV4WNAE52SJUQCZO5C',
    'magnet:?xt=urn:btih:123',
    `magnet:?xt=urn:btih:${'0'.repeat(40)}`,
    `magnet:?xt=urn:btmh:1220${SINTEL}`,
    `http://example.test/?xt=urn:btih:${SINTEL}`,
    `magnet:?xt=urn:btih:${SINTEL}&dn=${'a'.repeat(40_000)}`,
  ];
  for (const link of links) assert.equal(parseMagnet(link), null, link.slice(0, 80));
});

test('names keep their plus signs, sizes are numbers, trackers are public', () => {
  const read = parseMagnet(
    `magnet:?xt=urn:btih:${SINTEL}&dn=A+B%2BC%20100%&dn=second&xl=129302391` +
      '&tr=udp%3A%2F%2Fone.example%3A80&tr.1=http://two.example/announce&tr=udp%3A%2F%2Fone.example%3A80' +
      '&tr=https://three.example/announce%3Fpasskey=canary&tr=javascript:alert(1)',
  );
  assert.deepEqual(read, {
    infohash: SINTEL,
    infohashV2: null,
    name: 'A B%2BC%20100%',
    sizeBytes: 129302391,
    trackers: ['udp://one.example:80', 'http://two.example/announce'],
  });
  assert.equal(parseMagnet(`magnet:?xt=urn:btih:${SINTEL}&dn=A+B%2BC%0Ad`)?.name, 'A B+C d');
  assert.equal(parseMagnet(`magnet:?xt=urn:btih:${SINTEL}&xl=1e99`)?.sizeBytes, 0);
});

test('a tracker is public without a word that could be a passkey', () => {
  const kept = [
    'udp://tracker.example:1337/announce',
    'https://tracker.example/a/announce',
    'wss://tracker.example',
  ];
  const dropped = [
    'https://tracker.example/8f14e45fceea167a5a36dedd4bea2543/announce',
    'https://tracker.example/announce/a1b2c3d4e5f6a7b8c9',
    'https://tracker.example/announce?x=1',
    'udp://',
    `udp://tracker.example/${'a'.repeat(400)}`,
  ];
  assert.deepEqual(publicTrackers([...kept, ...dropped, ' ', 'x']), kept);
  const many = Array.from({ length: 200 }, (_, at) => `udp://t${at}.example:80`);
  assert.equal(publicTrackers(many).length, 50);
});

test('what is written is read again', () => {
  const hash = fc
    .uint8Array({ minLength: 20, maxLength: 20 })
    .map((bytes) => Buffer.from(bytes).toString('hex'))
    .filter((hex) => !/^0+$/.test(hex));
  const name = fc.string({ unit: 'grapheme', maxLength: 40 });
  const trackers = fc.subarray([
    'udp://a.example:1',
    'https://b.example/announce',
    'wss://c.example',
  ]);
  fc.assert(
    fc.property(hash, name, trackers, (infohash, raw, listed) => {
      const torrent = { infohash, name: raw, trackers: listed };
      const read = parseMagnet(formatMagnet(torrent));
      assert.equal(read?.infohash, infohash);
      assert.deepEqual(read.trackers, listed);
      // Line ends and other controls became spaces; the rest of the name is the same.
      const plain = (text: string) => text.replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
      assert.equal(plain(read.name), plain(raw));
    }),
  );
});

test('base32 and hexadecimal forms of a hash are one hash', () => {
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 20, maxLength: 20 }), (bytes) => {
      fc.pre(bytes.some((byte) => byte !== 0));
      const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
      const base32 = bits.replace(/.{5}/g, (five) => digits[Number.parseInt(five, 2)] ?? '');
      const hex = Buffer.from(bytes).toString('hex');
      assert.equal(parseInfohash(base32), hex);
      assert.equal(parseInfohash(hex.toUpperCase()), hex);
    }),
  );
});

test('any text is read or refused', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (tail) => {
      const read = parseMagnet(`magnet:?xt=urn:btih:${SINTEL}&${tail}`);
      assert.match(read?.infohash ?? SINTEL, /^[0-9a-f]{40}$/);
    }),
  );
});
