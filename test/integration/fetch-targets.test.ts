/**
 * Where Sluice goes on a user's word and where not: private, special and disguised targets, asked for directly, by a
 * redirect and through proxies. Nothing here is connected to but this test's own server.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DIRECT, type FetchRoute } from '../../src/platform/fetch/connection-pools.ts';
import { AppError } from '../../src/lib/errors.ts';
import { fails, listen, openFetcher, resolverWith } from '../support/fetch-parts.ts';
import { startHttpProxy, startSocksProxy } from '../support/proxies.ts';

/** Hosts as they stand in an address; the port of the test's server is put behind them. */
const REFUSED_HOSTS: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.1', '127.8.9.10', '127.255.255.254', '[::1]', '[0:0:0:0:0:0:0:1]'],
  'names of loopback': ['localhost', 'LOCALHOST', 'localhost.', 'evil.localhost', 'a.b.localhost.'],
  'loopback in other numbers': [
    '127.1',
    '127.0.1',
    '2130706433',
    '0x7f000001',
    '0x7f.1',
    '0x7f.0x0.0x0.0x1',
    '0177.0.0.1',
    '017700000001',
    '0177.0x0.1',
    '127.0.0.1.',
  ],
  'loopback in other letters': [
    '①②⑦.⓪.⓪.①',
    '127。0。0。1',
    '%31%32%37.0.0.1',
    'lo%63alhost',
    'ⓛⓞⓒⓐⓛⓗⓞⓢⓣ',
    '１２７.０.０.１',
  ],
  unspecified: ['0.0.0.0', '0', '0.1.2.3', '[::]'],
  private: [
    '10.0.0.1',
    '10.1',
    '0xa.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '192.168.257',
  ],
  'carrier-grade NAT, link-local': ['100.64.0.1', '169.254.0.1', '[fe80::1]', '[febf::1]'],
  'metadata of clouds': [
    '169.254.169.254',
    '2852039166',
    '0xa9fea9fe',
    '0251.0376.0251.0376',
    '169.254.170.2',
    '100.100.100.200',
    '168.63.129.16',
    '192.0.0.192',
    '[fd00:ec2::254]',
    '[fd20:ce::254]',
  ],
  'IPv4 inside IPv6': [
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::ffff:a9fe:a9fe]',
    '[0:0:0:0:0:ffff:10.0.0.1]',
    '[::127.0.0.1]',
    '[::ffff:0:127.0.0.1]',
    '[64:ff9b::127.0.0.1]',
    '[64:ff9b::a9fe:a9fe]',
    '[64:ff9b:1::7f00:1]',
    '[2002:7f00:1::]',
    '[2002:a9fe:a9fe::1]',
    '[2001:0:7f00:1::]',
  ],
  'unique local, site-local': ['[fc00::1]', '[fdff::1]', '[fec0::1]'],
  'multicast, broadcast, reserved': [
    '224.0.0.1',
    '239.255.255.250',
    '255.255.255.255',
    '240.0.0.1',
    '[ff02::1]',
  ],
  'documentation, benchmarks, discard': [
    '192.0.2.1',
    '198.51.100.7',
    '203.0.113.9',
    '198.18.0.1',
    '[2001:db8::1]',
    '[3fff::1]',
    '[2001:2::1]',
    '[100::1]',
  ],
  'names that lead to them': [
    'to-loopback.example',
    'to-private.example.',
    'TO-METADATA.example',
    'to-ula.example',
    'to-mapped.example',
    'to-all-of-them.example',
  ],
};

const NAMES = {
  localhost: ['127.0.0.1', '::1'],
  'to-loopback.example': ['127.0.0.1'],
  'to-private.example': ['192.168.0.1'],
  'to-metadata.example': ['169.254.169.254'],
  'to-ula.example': ['fd00::1'],
  'to-mapped.example': ['::ffff:10.0.0.1'],
  'to-all-of-them.example': ['10.0.0.1', '127.0.0.1', '::1', 'fe80::1'],
  'public.example': ['93.184.216.34'],
  'both.example': ['10.0.0.1', '2606:4700::1111', '93.184.216.34'],
  'nas.lan': ['192.168.0.9'],
};

/** Whole addresses that hide where they lead; PORT is that of the test's server. */
const REFUSED_URLS = [
  'http://93.184.216.34@127.0.0.1:PORT/',
  'http://public.example:80@127.0.0.1:PORT/',
  'http://127.0.0.1:PORT\\@93.184.216.34/',
  'http://127.0.0.1:PORT#@93.184.216.34/',
  'http://127.0.0.1:PORT?@93.184.216.34/',
  'http:\\\\127.0.0.1:PORT/',
  'http:127.0.0.1:PORT/',
  'http:////127.0.0.1:PORT/',
  'ht\ntp://127.0.0.1\t:PORT/',
  ' http://127.0.0.1:PORT/',
  'http://user:password@localhost:PORT/',
  'https://127.0.0.1:PORT/',
];

const NO_URLS = [
  'http://[::1%25eth0]:PORT/',
  'http://[::1:PORT/',
  'http://256.1.1.1:PORT/',
  'http://4294967296:PORT/',
  'http://127.0.0.1:99999/',
  'http://localhost%00.example:PORT/',
  'http:///',
  'file:///etc/passwd',
  'gopher://127.0.0.1:PORT/_x',
  'data:text/plain,x',
  'javascript:alert(1)',
  'unix:/run/x.sock',
  '//127.0.0.1:PORT/',
  '/etc/passwd',
  'http://us%er@public.example/',
];

const EXPLAINED =
  /^\S+ is not a public address: the operator can allow it \(FETCH_ALLOW_PRIVATE\)$/;
const strict = { allowPrivate: [], resolve: resolverWith(NAMES) };
const refusedUrls = (port: number): string[] => [
  ...Object.values(REFUSED_HOSTS).flatMap((hosts) =>
    hosts.map((host) => `http://${host}:${port}/`),
  ),
  ...REFUSED_URLS.map((url) => url.replace('PORT', String(port))),
];

test('the table has sixty rows and more', () => {
  const urls = refusedUrls(1);
  assert.ok(new Set(urls).size === urls.length && urls.length >= 60, String(urls.length));
});

test('private, special and disguised targets are refused with a clear message', async (t) => {
  let requests = 0;
  const { port } = await listen(t, (_request, response) => response.end(String(++requests)));
  const fetchBytes = openFetcher(t, strict);
  for (const url of refusedUrls(port))
    await assert.doesNotReject(fails(fetchBytes(url), 'fetch.blocked-address', EXPLAINED), url);
  assert.equal(requests, 0);
});

test('what is no address is refused as such', async (t) => {
  const { port } = await listen(t, (_request, response) => response.end('reached'));
  const fetchBytes = openFetcher(t, strict);
  for (const url of NO_URLS)
    await assert.doesNotReject(
      fails(fetchBytes(url.replace('PORT', String(port))), 'fetch.bad-url'),
      url,
    );
});

test('a redirect leads to none of them, not even from the operator’s own server', async (t) => {
  let reached = 0;
  const { url, port } = await listen(t, (request, response) => {
    const target = new URL(request.url ?? '/', 'http://x').searchParams.get('to');
    if (target === null) response.end(String(++reached));
    else response.writeHead(302, { location: target }).end();
  });
  // The same host on another port, as a database beside an indexer.
  const beside = await listen(t, (_request, response) => response.end(String(++reached)));
  const fetchBytes = openFetcher(t, strict);
  const route: FetchRoute = { ...DIRECT, trustedOrigins: [url] };
  const sent = (target: string) =>
    fetchBytes(`${url}/?to=${encodeURIComponent(target)}`, { route });
  for (const target of refusedUrls(beside.port).filter((row) => /^[\x20-\x7e]+$/.test(row))) {
    // Backslashes and spaces are read as the browser reads them, relative forms stay on the server.
    const error = await sent(target).catch((failure: unknown) => failure);
    const isRefused = error instanceof AppError && error.code === 'fetch.blocked-address';
    assert.ok(isRefused || target.startsWith('http:127'), `${target}: ${String(error)}`);
  }
  assert.ok(reached <= 1, 'only the relative form, which leads back to the server itself');
  assert.equal((await fetchBytes(url, { route })).status, 200);
  await fails(fetchBytes(`http://127.0.0.1:${port}/`), 'fetch.blocked-address');
});

test('no proxy is asked for one of them', async (t) => {
  const { port } = await listen(t, (_request, response) => response.end('reached'));
  await using http = await startHttpProxy({ leadsTo: port });
  await using socks = await startSocksProxy({ leadsTo: port });
  const fetchBytes = openFetcher(t, strict);
  for (const proxyUrl of [`http://${http.host}`, `socks5://${socks.host}`]) {
    const route = { ...DIRECT, proxyUrl };
    for (const url of refusedUrls(port))
      await assert.doesNotReject(
        fails(fetchBytes(url, { route }), 'fetch.blocked-address', EXPLAINED),
        `${url} by ${proxyUrl}`,
      );
  }
  assert.deepEqual([...http.targets, ...socks.targets], []);
});

test('a proxy that resolves names is asked for no literal and no name of networks', async (t) => {
  const { port } = await listen(t, (_request, response) => response.end('reached'));
  await using socks = await startSocksProxy({ leadsTo: port });
  const fetchBytes = openFetcher(t, { ...strict, allowPrivate: ['nas.lan'] });
  const route = { ...DIRECT, proxyUrl: `socks5h://${socks.host}` };
  const literals = refusedUrls(port).filter((url) => !/to-[a-z-]+\.example/i.test(url));
  const names = [
    'redis',
    'router.lan',
    'db.internal',
    'printer.local',
    'x.home.arpa',
    'localhost.',
  ];
  for (const url of [...literals, ...names.map((name) => `http://${name}:${port}/`)])
    await assert.doesNotReject(fails(fetchBytes(url, { route }), 'fetch.blocked-address'), url);
  assert.deepEqual(socks.targets, []);
  for (const host of ['public.example', 'unknown-here.example', 'nas.lan', '1.1.1.1'])
    assert.equal((await fetchBytes(`http://${host}:${port}/`, { route })).status, 200, host);
  assert.deepEqual(
    socks.targets,
    ['public.example', 'unknown-here.example', 'nas.lan', '1.1.1.1'].map(
      (host) => `${host}:${port}`,
    ),
  );
});

test('public targets are allowed, by the address that was checked', async (t) => {
  const { port } = await listen(t, (_request, response) => response.end('reached'));
  await using http = await startHttpProxy({ leadsTo: port });
  const fetchBytes = openFetcher(t, { ...strict, allowPrivate: ['nas.lan'] });
  const route = { ...DIRECT, proxyUrl: `http://${http.host}` };
  const allowed: readonly (readonly [host: string, connected: string])[] = [
    ['1.1.1.1', '1.1.1.1'],
    ['93.184.216.34.', '93.184.216.34'],
    ['1572395042', '93.184.216.34'],
    ['[2606:4700::1111]', '[2606:4700::1111]'],
    ['[::ffff:1.1.1.1]', '[::ffff:101:101]'],
    ['[64:ff9b::1.1.1.1]', '[64:ff9b::101:101]'],
    ['public.example', '93.184.216.34'],
    ['PUBLIC.example.', '93.184.216.34'],
    ['both.example', '93.184.216.34'],
    ['nas.lan', '192.168.0.9'],
    ['172.32.0.1', '172.32.0.1'],
    ['100.128.0.1', '100.128.0.1'],
    ['11.0.0.1', '11.0.0.1'],
  ];
  for (const [host] of allowed)
    assert.equal((await fetchBytes(`http://${host}:${port}/`, { route })).status, 200, host);
  assert.deepEqual(
    http.targets,
    allowed.map(([, connected]) => `${connected}:${port}`),
  );
  await fails(fetchBytes('http://unknown.example/', { route }), 'fetch.failed', /no address/);
});

test('connections to the operator’s own servers are not lent to others', async (t) => {
  let requests = 0;
  const { url } = await listen(t, (_request, response) => response.end(String(++requests)));
  const fetchBytes = openFetcher(t, strict);
  const own: FetchRoute = { ...DIRECT, trustedOrigins: [url] };
  assert.equal((await fetchBytes(url, { route: own })).status, 200);
  await fails(fetchBytes(url), 'fetch.blocked-address');
  await fails(fetchBytes(url, { route: { ...DIRECT, lane: 'personal' } }), 'fetch.blocked-address');
  assert.equal((await fetchBytes(url, { route: own })).status, 200);
  assert.equal(requests, 2);
});

test('names of users that nobody resolves hold up the next ones of users only', async (t) => {
  const { url, port } = await listen(t, (_request, response) => response.end('reached'));
  const asked: string[] = [];
  const known = resolverWith({ 'shared.example': ['127.0.0.1'] });
  const fetchBytes = openFetcher(t, {
    resolve: (hostname, callback) => {
      asked.push(hostname);
      if (!hostname.startsWith('silent')) known(hostname, callback);
    },
  });
  const route: FetchRoute = { ...DIRECT, lane: 'personal' };
  const limits = { route, timeoutMs: 300 };
  const ofUsers = ['a', 'b', 'c'].map((name) =>
    fails(fetchBytes(`http://silent-${name}.example:${port}/`, limits), 'fetch.timeout'),
  );
  assert.equal((await fetchBytes(`http://shared.example:${port}/`)).status, 200);
  assert.equal((await fetchBytes(url, { route })).status, 200, 'a literal needs no look-up');
  await Promise.all(ofUsers);
  assert.deepEqual(asked, ['silent-a.example', 'shared.example']);
});
