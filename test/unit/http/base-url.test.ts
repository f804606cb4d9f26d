/** Protects absolute links: they are reachable for whoever asked, and no request can point them elsewhere. */
import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { test } from 'node:test';
import fc from 'fast-check';
import { basePathOf, BaseUrls, isAuthority } from '../../../src/http/base-url.ts';

interface OpenOptions {
  readonly hostUrl?: string;
  readonly trusts?: boolean;
  readonly scheme?: 'http' | 'https';
  readonly port?: number;
}

const open = (listenHost: string, options: OpenOptions = {}) =>
  new BaseUrls(
    { hostUrl: options.hostUrl ?? null, scheme: options.scheme ?? 'http', listenHost },
    options.port ?? 8000,
    options.trusts ?? false,
  );

test('HOST_URL wins over everything', () => {
  assert.equal(
    open('0.0.0.0', { hostUrl: 'https://sluice.example', trusts: true }).fixed,
    'https://sluice.example',
  );
});

test('HOST_URL with a path: the path is part of every link, and what routes are bound below', () => {
  assert.equal(
    open('0.0.0.0', { hostUrl: 'https://example.org/sluice', trusts: true }).fixed,
    'https://example.org/sluice',
  );
  assert.equal(basePathOf('https://example.org/media/sluice'), '/media/sluice');
  assert.equal(basePathOf('https://example.org'), '');
  assert.equal(basePathOf(null), '');
});

test('a server on one address has that address', () => {
  assert.equal(open('127.0.0.1').fixed, 'http://127.0.0.1:8000');
  assert.equal(open('::1').fixed, 'http://[::1]:8000');
  assert.equal(open('example.lan', { port: 443, scheme: 'https' }).fixed, 'https://example.lan');
});

test('a server on every address answers with the own address that was asked for, and with no other', () => {
  const urls = open('0.0.0.0');
  assert.equal(urls.fixed, null);
  assert.equal(urls.direct('localhost:8000'), 'http://localhost:8000');
  assert.equal(urls.direct('127.0.0.1:8000'), 'http://127.0.0.1:8000');
  assert.equal(urls.direct('LocalHost:8000'), 'http://localhost:8000');
  for (const { address, family } of Object.values(networkInterfaces()).flatMap(
    (all) => all ?? [],
  )) {
    if (family === 'IPv4') assert.equal(urls.direct(`${address}:8000`), `http://${address}:8000`);
  }
  for (const foreign of [
    'evil.example',
    'evil.example:8000',
    'localhost:9999',
    '',
    '127.0.0.1:8000@evil.example',
  ]) {
    assert.equal(urls.direct(foreign), urls.own, foreign);
  }
  assert.doesNotMatch(urls.own, /0\.0\.0\.0/);
});

test('behind a proxy: scheme and host that it forwards, when they are well-formed', () => {
  const urls = open('127.0.0.1', { trusts: true });
  assert.equal(urls.fixed, null);
  const cases: [proto: string, host: string, url: string][] = [
    ['https', 'sluice.example', 'https://sluice.example'],
    ['HTTPS', 'Sluice.Example:8443', 'https://sluice.example:8443'],
    ['https, http', 'sluice.example, inner', 'https://sluice.example'],
    ['', 'sluice.example', 'http://sluice.example'],
    ['javascript', 'sluice.example', 'http://sluice.example'],
    ['https', '[2001:db8::1]:8443', 'https://[2001:db8::1]:8443'],
    ['https', 'user@evil.example', 'http://127.0.0.1:8000'],
    ['https', 'sluice.example/path', 'http://127.0.0.1:8000'],
    ['https', 'sluice.example\r\nX: y', 'http://127.0.0.1:8000'],
    ['https', '', 'http://127.0.0.1:8000'],
    ['https', 'sluice.example:99999', 'http://127.0.0.1:8000'],
    ['https', 'a'.repeat(300), 'http://127.0.0.1:8000'],
  ];
  for (const [proto, host, url] of cases) {
    assert.equal(urls.behindProxy(proto, host), url, `${proto} ${host}`);
    assert.equal(urls.behindProxy(proto, host), url, 'also from memory');
  }
});

test('what a URL cannot have as its host is no authority', () => {
  for (const text of ['a.0', '1.2.3.4.5', 'example.org:65536', '999.1.1.1', '[::g]'])
    assert.ok(!isAuthority(text), text);
  for (const text of [
    'example.org',
    'example.org:8443',
    '192.0.2.1',
    '[2001:db8::1]:443',
    'localhost',
  ])
    assert.ok(isAuthority(text), text);
});

test('every forwarded host gives a URL whose host is the one that was checked', () => {
  const urls = open('127.0.0.1', { trusts: true });
  fc.assert(
    fc.property(fc.oneof(fc.domain(), fc.string({ maxLength: 60 }), fc.webAuthority()), (host) => {
      const url = urls.behindProxy('https', host);
      if (url === urls.own) return;
      const parsed = new URL(url);
      assert.equal(parsed.username + parsed.password + parsed.search + parsed.hash, '');
      assert.equal(parsed.pathname, '/');
      assert.ok(isAuthority(url.slice('https://'.length)));
    }),
    { numRuns: 1000 },
  );
});
