/** Protects renewals: a new certificate is served without a restart, a lost request or a closed connection; a broken one is not. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { connect, type TLSSocket } from 'node:tls';
import type { TlsFiles } from '../../src/http/tls-files.ts';
import { makeCertificate, withoutOpenssl } from '../support/certificates.ts';
import { eventually } from '../support/processes.ts';
import { startToyServer, text, type ToyOptions, type ToyServer } from '../support/toy-server.ts';

async function open(port: number, servername?: string): Promise<TLSSocket> {
  const socket = connect({
    port,
    host: '127.0.0.1',
    rejectUnauthorized: false,
    ...(servername === undefined ? {} : { servername }),
  });
  await once(socket, 'secureConnect');
  return socket;
}

async function subjectAt(port: number, servername?: string): Promise<string> {
  const socket = await open(port, servername);
  const { subject } = socket.getPeerCertificate();
  socket.destroy();
  return String(subject.CN);
}

/** The last line of the next answer. */
async function ask(socket: TLSSocket, path: string): Promise<string> {
  socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  return chunk.toString().split('\r\n').at(-1) ?? '';
}

describe('renewed certificates', { skip: withoutOpenssl }, () => {
  let folder = '';
  let pairs: Record<'first' | 'second', TlsFiles>;
  const live = (): TlsFiles => ({
    certFile: join(folder, 'live-cert.pem'),
    keyFile: join(folder, 'live-key.pem'),
  });
  const put = async ({ certFile, keyFile }: TlsFiles) => {
    await copyFile(certFile, live().certFile);
    await copyFile(keyFile, live().keyFile);
  };
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-renewal-'));
    pairs = { first: makeCertificate(folder, 'first'), second: makeCertificate(folder, 'second') };
  });
  after(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  let release: () => void = () => undefined;
  const start = async (options: ToyOptions = {}): Promise<ToyServer> => {
    await put(pairs.first);
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    return startToyServer(
      {
        '/now': () => text('now'),
        '/later': async () => {
          await gate;
          return text('later');
        },
      },
      { tls: live(), tlsPollMs: 600_000, ...options },
    );
  };

  test('new connections get the new one, with and without a name; open ones go on; what is in flight finishes', async () => {
    await using server = await start();
    const [kept, waiting] = [await open(server.port, 'localhost'), await open(server.port)];
    assert.equal(await ask(kept, '/now'), 'now');
    const later = ask(waiting, '/later');
    await eventually('the request is in flight', 5000, async () => server.inFlight === 1);
    await put(pairs.second);
    await server.reloadTls();
    assert.deepEqual(
      [await subjectAt(server.port, 'localhost'), await subjectAt(server.port)],
      ['second', 'second'],
    );
    assert.equal(await ask(kept, '/now'), 'now');
    release();
    assert.equal(await later, 'later');
    const fresh = await open(server.port);
    assert.equal(await ask(fresh, '/now'), 'now');
    for (const socket of [kept, waiting, fresh]) socket.destroy();
    assert.match(
      server.logged.map(({ message }) => message).join(),
      /the renewed certificate is in use/,
    );
  });

  test('no connection is lost while certificates change', async () => {
    await using server = await start();
    let isChanging = true;
    const client = async () => {
      let answers = 0;
      while (isChanging) {
        const socket = await open(server.port);
        assert.equal(await ask(socket, '/now'), 'now');
        socket.destroy();
        answers += 1;
      }
      return answers;
    };
    const clients = [client(), client(), client()];
    for (const pair of [pairs.second, pairs.first, pairs.second, pairs.first, pairs.second]) {
      await put(pair);
      await server.reloadTls();
      await subjectAt(server.port);
    }
    isChanging = false;
    for (const answers of await Promise.all(clients)) assert.ok(answers > 0);
    assert.equal(await subjectAt(server.port), 'second');
  });

  test('files that change are noticed; broken ones are said once, and the certificate in use stays', async () => {
    await using server = await start({ tlsPollMs: 20 });
    await put(pairs.second);
    await eventually(
      'the change is noticed',
      10_000,
      async () => (await subjectAt(server.port)) === 'second',
    );
    const complaints = () => server.logged.filter(({ level }) => level === 'error');
    await writeFile(live().certFile, 'half a certificate');
    await eventually('the broken file is noticed', 10_000, async () => complaints().length > 0);
    for (let connection = 0; connection < 20; connection += 1)
      assert.equal(await subjectAt(server.port), 'second');
    assert.equal(complaints().length, 1);
    assert.match(String(complaints()[0]?.fields['reason']), /TLS_CERT=.* holds no PEM certificate/);
    await put(pairs.first);
    await eventually(
      'a good one is taken again',
      10_000,
      async () => (await subjectAt(server.port)) === 'first',
    );
  });

  test('drains and closes all connections of former certificates', async () => {
    const server = await start();
    const kept = await open(server.port);
    await ask(kept, '/now');
    await put(pairs.second);
    await server.reloadTls();
    const closed = once(kept, 'close');
    await server.drain(2000);
    await server[Symbol.asyncDispose]();
    await closed;
  });
});
