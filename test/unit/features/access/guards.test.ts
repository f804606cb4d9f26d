/** The guard of rows, over real sockets: who may ask for what, and what guessing leads to. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createAccess } from '../../../../src/features/access/feature.ts';
import { loadConfig } from '../../../../src/platform/config/config.ts';
import { startToyServer, text, type ToyServer } from '../../../support/toy-server.ts';

const PASSWORD = 'correct horse battery'.replaceAll(' ', '-');

function start(environment: Readonly<Record<string, string>>): Promise<ToyServer> {
  const { guards } = createAccess({ ...loadConfig(environment), addressLimiter: null });
  return startToyServer(
    {
      '/admin': { access: 'admin', traffic: 'admin', handler: () => text('settings') },
      '/open': { handler: () => text('hello') },
    },
    { guards, trustedProxies: ['127.0.0.1'] },
  );
}

interface Asked {
  readonly status: number;
  readonly code: string;
  readonly headers: Headers;
}

async function ask(
  server: ToyServer,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Asked> {
  const response = await fetch(`${server.baseUrl}${path}`, { headers });
  const body = await response.text();
  const { error } = body.startsWith('{')
    ? (JSON.parse(body) as { readonly error: { readonly code: string } })
    : { error: { code: '' } };
  return { status: response.status, code: error.code, headers: response.headers };
}

const from = (address: string, key?: string) => ({
  'X-Forwarded-For': address,
  ...(key === undefined ? {} : { 'X-API-Key': key }),
});

describe('rows for the operator', () => {
  let server: ToyServer;
  before(async () => {
    server = await start({ API_PASSWORD: PASSWORD });
  });
  after(() => server[Symbol.asyncDispose]());

  test('answer the key, in either header', async () => {
    assert.equal((await ask(server, '/admin', { 'X-API-Key': PASSWORD })).status, 200);
    assert.equal(
      (await ask(server, '/admin', { Authorization: `Bearer ${PASSWORD}` })).status,
      200,
    );
  });

  test('say what is missing, and how to send it', async () => {
    const { status, code, headers } = await ask(server, '/admin');
    assert.deepEqual([status, code], [401, 'access.key-needed']);
    assert.equal(headers.get('www-authenticate'), 'Bearer realm="sluice"');
    assert.equal((await ask(server, '/open')).status, 200);
  });

  test('lock out whoever guesses, and nobody else', async () => {
    for (let guess = 0; guess < 10; guess += 1) {
      const { code } = await ask(server, '/admin', from('192.0.2.7', `${PASSWORD}${guess}`));
      assert.equal(code, 'access.wrong-key');
    }
    const locked = await ask(server, '/admin', from('192.0.2.7', PASSWORD));
    assert.deepEqual([locked.status, locked.code], [429, 'access.locked']);
    assert.ok(Number(locked.headers.get('retry-after')) > 500);
    assert.equal((await ask(server, '/admin', from('192.0.2.8', PASSWORD))).status, 200);
  });

  test('know a client by either header of its proxy', async () => {
    const forwarded = { Forwarded: 'proto=https;for=192.0.2.99', 'X-API-Key': 'wrong' };
    for (let guess = 0; guess < 10; guess += 1) await ask(server, '/admin', forwarded);
    assert.equal((await ask(server, '/admin', from('192.0.2.99', PASSWORD))).code, 'access.locked');
  });

  test('count the addresses of an IPv6 client as one', async () => {
    for (let guess = 0; guess < 10; guess += 1)
      await ask(server, '/admin', from(`2001:db8:1:2::${guess + 1}`, 'wrong'));
    const locked = await ask(server, '/admin', from('2001:db8:1:2:3:4:5:6', PASSWORD));
    assert.equal(locked.code, 'access.locked');
    assert.equal((await ask(server, '/admin', from('2001:db8:1:3::1', PASSWORD))).status, 200);
  });
});

test('without API_PASSWORD nobody is an operator, and the answer says what to do', async () => {
  const server = await start({});
  try {
    const { status, code } = await ask(server, '/admin', { 'X-API-Key': '' });
    assert.deepEqual([status, code], [403, 'access.admin-off']);
    assert.equal((await ask(server, '/admin', { 'X-API-Key': 'null' })).code, 'access.admin-off');
  } finally {
    await server[Symbol.asyncDispose]();
  }
});
