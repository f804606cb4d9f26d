/** Protects the network that Sluice runs in: only public addresses are reached without the operator's word. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAddressGuard } from '../../../../src/platform/fetch/address-guard.ts';

const REFUSED: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.1', '127.8.9.10', '::1'],
  private: ['10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', 'fc00::1', 'fd12:3456::1'],
  'link-local and metadata': [
    '169.254.169.254',
    '169.254.0.1',
    'fe80::1',
    'fe80::1%eth0',
    'fd00:ec2::254',
  ],
  'metadata elsewhere': ['100.100.100.200', '168.63.129.16', '192.0.0.192'],
  'carrier-grade NAT': ['100.64.0.1', '100.127.255.255'],
  multicast: ['224.0.0.1', '239.255.255.250', 'ff02::1'],
  'unspecified, broadcast, reserved': ['0.0.0.0', '0.1.2.3', '255.255.255.255', '240.0.0.1', '::'],
  'documentation, benchmarks': [
    '192.0.2.1',
    '198.51.100.7',
    '203.0.113.9',
    '198.18.0.1',
    '2001:db8::1',
  ],
  'IPv4 inside IPv6': [
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:10.0.0.1',
    '::127.0.0.1',
    '::ffff:0:127.0.0.1',
  ],
  'NAT64 and tunnels': [
    '64:ff9b::127.0.0.1',
    '64:ff9b::a00:1',
    '64:ff9b:1::1',
    '2002:7f00:1::',
    '2001:0:1::1',
  ],
  'site-local, discard, odd': ['fec0::1', '100::1', '5f00::1', 'not an address', ''],
};

for (const [kind, addresses] of Object.entries(REFUSED)) {
  test(`refuses ${kind}`, () => {
    const guard = createAddressGuard([]);
    for (const address of addresses)
      assert.equal(guard.permits('example.org', address), false, address);
  });
}

test('permits public addresses, also inside NAT64 and as IPv4-mapped', () => {
  const guard = createAddressGuard([]);
  for (const address of [
    '1.1.1.1',
    '93.184.216.34',
    '2606:4700::1111',
    '64:ff9b::101:101',
    '::ffff:1.1.1.1',
  ]) {
    assert.equal(guard.permits('example.org', address), true, address);
  }
});

test('the operator allows ranges, addresses, names, everything below a name, or all', () => {
  const permits = (allowed: string, host: string, address: string) =>
    createAddressGuard([allowed]).permits(host, address);
  assert.equal(permits('10.0.0.0/8', 'x', '10.9.9.9'), true);
  assert.equal(
    permits('10.0.0.0/8', 'x', '::ffff:10.9.9.9'),
    true,
    'the mapped form is the same address',
  );
  assert.equal(permits('10.0.0.0/8', 'x', '11.0.0.1'), true, 'public anyway');
  assert.equal(permits('10.0.0.0/8', 'x', '192.168.0.1'), false);
  assert.equal(permits('127.0.0.1', 'x', '127.0.0.1'), true);
  assert.equal(permits('127.0.0.1', 'x', '127.0.0.2'), false);
  assert.equal(permits('[::1]', '::1', '::1'), true);
  assert.equal(permits('NAS.lan', 'nas.lan', '192.168.0.9'), true);
  assert.equal(permits('nas.lan', 'evil.nas.lan', '192.168.0.9'), false);
  assert.equal(permits('*.lan', 'nas.lan', '192.168.0.9'), true);
  assert.equal(permits('*.lan', 'lan', '192.168.0.9'), false);
  assert.equal(permits('*', 'x', '127.0.0.1'), true);
});
