/** Which addresses count as one client. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { addressGroup } from '../../../src/lib/address-group.ts';

test('an IPv4 address is a client of its own, an IPv6 one belongs to its /64', () => {
  assert.equal(addressGroup('192.0.2.1'), '192.0.2.1');
  assert.equal(addressGroup(''), '');
  assert.equal(addressGroup('2001:db8:1:2:3:4:5:6'), '2001:db8:1:2::/64');
  assert.equal(addressGroup('::1'), '0:0:0:0::/64');
  assert.equal(addressGroup('2001:db8::5:6:7:8:9'), '2001:db8:0:5::/64');
});

test('what the address says in its first 64 bits, and nothing else, decides', () => {
  const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 });
  fc.assert(
    fc.property(bytes, bytes, (network, host) => {
      const all = [...network.subarray(0, 8), ...host.subarray(8)];
      const address = ipaddr.fromByteArray(all) as ipaddr.IPv6;
      const expected = address.parts.slice(0, 4).map((part) => part.toString(16));
      assert.equal(addressGroup(address.toString()), `${expected.join(':')}::/64`);
    }),
  );
});
