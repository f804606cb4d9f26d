/** `Forwarded` of proxies that are believed, well-formed or not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ClientAddressResolver } from '../../../src/http/client-address.ts';
import { forwardedFor } from '../../../src/http/forwarded.ts';

const resolver = new ClientAddressResolver(['10.0.0.0/8']);
const PROXY = resolver.peer(Uint8Array.of(10, 0, 0, 1));
const clientOf = (header: string) => resolver.client(PROXY, forwardedFor(header));

test('the client is the right-most hop that is no trusted proxy', () => {
  const cases: readonly [header: string, client: string][] = [
    ['for=192.0.2.60', '192.0.2.60'],
    ['For="192.0.2.60:4711";proto=https;by=10.0.0.1', '192.0.2.60'],
    ['proto=http;for="[2001:db8::17]:4711"', '2001:db8::17'],
    ['for=198.51.100.1, for=192.0.2.60, for=10.0.0.2', '192.0.2.60'],
    ['for=198.51.100.1;host="a,b;for=1.1.1.1", for=10.0.0.2', '198.51.100.1'],
  ];
  for (const [header, client] of cases) assert.equal(clientOf(header), client, header);
});

test('what is malformed, hidden or unknown is nobody: the last good hop is the client', () => {
  const cases: readonly [header: string, client: string][] = [
    ['for=unknown', '10.0.0.1'],
    ['for=_hidden, for=10.0.0.2', '10.0.0.2'],
    ['for=192.0.2.60, proto=https', '10.0.0.1'],
    ['for="192.0.2.60', '10.0.0.1'],
    ['for="1.1.1.1, for=192.0.2.60"', '10.0.0.1'],
    ['for=;for', '10.0.0.1'],
    [',,,', '10.0.0.1'],
    ['for=999.1.1.1, for=10.0.0.2', '10.0.0.2'],
  ];
  for (const [header, client] of cases) assert.equal(clientOf(header), client, header);
});

test('whatever is sent, the client is an address, and reading it takes no time', () => {
  const part = fc.constantFrom('for=', '"', '\\', ',', ';', '192.0.2.1', '[::1]', ' ', 'by=x');
  const header = fc.array(part, { maxLength: 200 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(fc.oneof(header, fc.string()), (text) => {
      assert.match(clientOf(text), /^[\da-f.:]+$/);
    }),
  );
  const startedAtMs = performance.now();
  forwardedFor('for=" '.repeat(3000));
  forwardedFor(`for${' '.repeat(16_000)}`);
  assert.ok(performance.now() - startedAtMs < 1000);
});
