/** Protects rate limits and logs: a client cannot choose its own address, with or without proxies. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { ClientAddressResolver } from '../../../src/http/client-address.ts';

const resolver = new ClientAddressResolver([
  '10.0.0.0/8',
  '127.0.0.1',
  'fd00::/8',
  '::ffff:192.168.0.0/120',
]);
const bytesOf = (address: string) => Uint8Array.from(ipaddr.parse(address).toByteArray());
const peerOf = (address: string) => resolver.peer(bytesOf(address));
const client = (peer: string, forwarded: string) => resolver.client(peerOf(peer), forwarded);

test('peers are recognised in every form of the socket, also from memory', () => {
  assert.deepEqual(peerOf('127.0.0.1'), peerOf('127.0.0.1'));
  assert.deepEqual(peerOf('127.0.0.1'), { address: '127.0.0.1', trusted: true });
  assert.deepEqual(peerOf('::ffff:127.0.0.1'), { address: '127.0.0.1', trusted: true });
  assert.deepEqual(peerOf('0000:0000:0000:0000:0000:ffff:0a01:0203'), {
    address: '10.1.2.3',
    trusted: true,
  });
  assert.deepEqual(peerOf('fd00:0000:0000:0000:0000:0000:0000:0001'), {
    address: 'fd00::1',
    trusted: true,
  });
  assert.deepEqual(peerOf('192.168.77.1'), { address: '192.168.77.1', trusted: false });
  assert.deepEqual(peerOf('192.168.0.9'), { address: '192.168.0.9', trusted: true });
  assert.deepEqual(peerOf('2001:db8::1'), { address: '2001:db8::1', trusted: false });
  assert.deepEqual(resolver.peer(new Uint8Array(3)), { address: '', trusted: false });
});

test('the right-most untrusted address counts', () => {
  const cases: [peer: string, forwarded: string, client: string][] = [
    ['203.0.113.9', '1.2.3.4', '203.0.113.9'],
    ['10.0.0.1', '', '10.0.0.1'],
    ['10.0.0.1', '1.2.3.4', '1.2.3.4'],
    ['10.0.0.1', '6.6.6.6, 1.2.3.4', '1.2.3.4'],
    ['10.0.0.1', '1.2.3.4, 10.9.9.9 , 127.0.0.1', '1.2.3.4'],
    ['10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
    ['10.0.0.1', '1.2.3.4:5678', '1.2.3.4'],
    ['10.0.0.1', '[2001:db8::7]:443', '2001:db8::7'],
    ['10.0.0.1', '2001:DB8::7', '2001:db8::7'],
    ['10.0.0.1', '::ffff:1.2.3.4', '1.2.3.4'],
    ['10.0.0.1', '1.2.3.4, unknown', '10.0.0.1'],
    ['10.0.0.1', '1.2.3.4, unknown, 10.0.0.2', '10.0.0.2'],
    ['10.0.0.1', '1.2.3.4,', '10.0.0.1'],
    ['10.0.0.1', '0x7f000001', '10.0.0.1'],
    ['10.0.0.1', '127.1', '10.0.0.1'],
    ['10.0.0.1', 'fe80::1%eth0', '10.0.0.1'],
  ];
  for (const [peer, forwarded, expected] of cases) {
    assert.equal(client(peer, forwarded), expected, `${peer} ← ${forwarded}`);
  }
});

test('without trusted proxies nothing is believed, and with everyone trusted the left-most counts', () => {
  const nobody = new ClientAddressResolver([]);
  assert.equal(nobody.trustsAnyone, false);
  assert.equal(nobody.client(nobody.peer(bytesOf('127.0.0.1')), '1.2.3.4'), '127.0.0.1');
  const everyone = new ClientAddressResolver(['0.0.0.0/0', '::/0']);
  assert.equal(
    everyone.client(everyone.peer(bytesOf('203.0.113.9')), '1.2.3.4, 5.6.7.8'),
    '1.2.3.4',
  );
});

test('whatever a client sends to the left of our proxies changes nothing', () => {
  const forgeries = fc.string({ maxLength: 200 });
  fc.assert(
    fc.property(forgeries, fc.ipV4(), fc.integer({ min: 0, max: 3 }), (forged, real, hops) => {
      fc.pre(!peerOf(real).trusted);
      const proxies = Array.from({ length: hops }, (_, index) => `, 10.0.0.${index + 2}`).join('');
      assert.equal(client('10.0.0.1', `${forged}, ${real}${proxies}`), real);
    }),
    { numRuns: 500 },
  );
});

test('any text gives an address, never the text itself', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ maxLength: 100 }), fc.ipV6(), fc.ipV4()), (forwarded) => {
      assert.match(client('10.0.0.1', forwarded), /^[0-9a-f.:]+$/);
    }),
    { numRuns: 500 },
  );
});
