/** Where players may be sent. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LinkCheck } from '../../../../src/features/playback/link-check.ts';
import { ownServices } from '../../../../src/lib/user-config/own-services.ts';

const TOKEN = 'secret/token+1234567890';
const [hosted, client] = ownServices(
  {
    sps: [
      { sv: 'realdebrid', tk: TOKEN },
      { sv: 'qbittorrent', qbc: { qur: 'http://nas.lan', wur: 'http://nas.lan/dav' } },
    ],
  },
  (text) => text,
);
assert.ok(hosted !== undefined && client !== undefined);

test('links of a service lead outside, and hold no credential of its user', () => {
  const links = new LinkCheck([]);
  for (const url of [
    'https://cdn.example.com/a.mkv',
    'http://93.184.216.34/a.mkv',
    'https://[2606:2800:220:1::1]/a',
  ])
    assert.ok(links.isFit(url, hosted), url);
  for (const url of [
    '',
    'no address',
    'ftp://cdn.example.com/a.mkv',
    'file:///etc/passwd',
    'http://127.0.0.1/a',
    'http://0x7f.1/a',
    'http://2130706433/a',
    'http://169.254.169.254/latest',
    'http://10.0.0.1/a',
    'http://[::1]/a',
    'http://[::ffff:10.0.0.1]/a',
    'http://localhost/a',
    'http://redis/a',
    'http://nas.lan/a',
    `https://cdn.example.com/${TOKEN}/a.mkv`,
    `https://cdn.example.com/a?key=${encodeURIComponent(TOKEN)}`,
    `https://cdn.example.com/${'a'.repeat(9000)}`,
  ])
    assert.ok(!links.isFit(url, hosted), url);
});

test("a client of the user's own may be anywhere; what the operator opens is open", () => {
  assert.ok(new LinkCheck([]).isFit('http://nas.lan/dav/a.mkv', client));
  assert.ok(new LinkCheck(['10.0.0.0/8']).isFit('http://10.0.0.1/a', hosted));
});

test('services are told public addresses of viewers alone', () => {
  const links = new LinkCheck(['10.0.0.0/8']);
  for (const [address, told] of [
    ['93.184.216.34', '93.184.216.34'],
    ['10.0.0.1', ''],
    ['127.0.0.1', ''],
    ['', ''],
  ] as const)
    assert.equal(links.publicAddress(address), told);
});
