/** A film through MediaFlow as it is installed: the service asked through it, and ffprobe reads what a player is sent to. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { createDebridAccount } from '../../../src/features/debrid/registry.ts';
import { AppError } from '../../../src/lib/errors.ts';
import { ownServices } from '../../../src/lib/user-config/own-services.ts';
import { packagePath } from '../../../src/platform/config/package-root.ts';
import { NEVER } from '../../support/cache-parts.ts';
import { openDebridTools, TOKEN, wanted } from '../../support/debrid-kits.ts';
import {
  skipWithoutMediaflow,
  startMediaflowServer,
  type MediaflowServer,
} from '../../support/mediaflow-server.ts';
import { probed } from '../../support/probe.ts';
import { DebridCloud } from '../../support/upstreams/debrid-cloud.ts';
import type { FakeUpstream } from '../../support/upstreams/fake-upstream.ts';
import { startRealDebrid } from '../../support/upstreams/realdebrid.ts';

const PASSWORD = 'CANARYpässword of a proxy, longer than its key';
const SERVICE = 'http://debrid.invalid';
const CALL = { signal: NEVER, viewerIp: '' };
const FILM = packagePath('assets/exceptions/api_error.mp4');

describe('MediaFlow as it is installed', { skip: skipWithoutMediaflow }, () => {
  const cloud = new DebridCloud();
  cloud.account(TOKEN);
  const tools = openDebridTools({ REALDEBRID_URL: SERVICE }, ['127.0.0.1']);
  const films = createServer((request, response) => void sendFilm(request.headers.range, response));
  let service: FakeUpstream;
  let flow: MediaflowServer;

  before(async () => {
    service = await startRealDebrid(cloud);
    flow = await startMediaflowServer(PASSWORD, '9.9.9.9', { 'debrid.invalid': service.url });
    await new Promise<void>((resolve) => {
      films.listen(0, '127.0.0.1', resolve);
    });
  });
  after(async () => {
    films.closeAllConnections();
    films.close();
    for (const one of [tools, flow, service]) await one[Symbol.asyncDispose]();
  });

  const open = (ap = PASSWORD) => {
    const mfc = { pu: flow.url, ap };
    const [entry] = ownServices({ sps: [{ sv: 'realdebrid', tk: TOKEN }], mfc }, String);
    assert.ok(entry?.mediaflow !== null && entry !== undefined);
    return { entry, proxy: entry.mediaflow, account: createDebridAccount(entry, tools) };
  };

  it('calls of the service go through it, its errors are its own', async () => {
    const { account } = open();
    const opened = await account.open(wanted(cloud.cached), CALL);
    const transfer = await account.refresh(opened, CALL);
    const file = transfer.files.find(({ path }) => path.endsWith('.mp4'));
    assert.ok(file !== undefined);
    assert.match((await account.link(transfer, file, CALL)).url, /Sintel\.mp4$/);
    assert.ok(service.asked.length > 2);
    cloud.account(TOKEN, 'expired');
    await assert.rejects(
      account.open(wanted(cloud.uncached), CALL),
      (error) => error instanceof AppError && error.code === 'debrid.bad-token',
    );
    cloud.account(TOKEN);
  });

  it('a wrong password is its failure, and a test says so', async () => {
    const { entry, proxy, account } = open('another one');
    await assert.rejects(
      account.open(wanted(cloud.cached), CALL),
      (error) => error instanceof AppError && error.code === 'debrid.proxy-failed',
    );
    await assert.rejects(tools.mediaflow.addressFor(entry, '', NEVER));
    const { isWorking, message } = await tools.mediaflow.test(proxy, NEVER);
    assert.equal(isWorking, false);
    assert.match(message, /password/);
  });

  it('tells its address, and says that it works', async () => {
    const { entry, proxy } = open();
    assert.equal(await tools.mediaflow.addressFor(entry, '', NEVER), '9.9.9.9');
    assert.deepEqual(await tools.mediaflow.test(proxy, NEVER), {
      isWorking: true,
      message: 'MediaFlow at 9.9.9.9; services are asked through it',
    });
  });

  it('plays a film at an address without password, and not after it has expired', async () => {
    const { port } = films.address() as AddressInfo;
    const d = `http://127.0.0.1:${port}/film.mp4`;
    const { proxy } = open();
    const url = proxy.address('/proxy/stream', { d }, Date.now() + 60_000, 'Film ä.mp4');
    assert.doesNotMatch(decodeURIComponent(url), /CANARY|film\.mp4/);
    assert.match((await probed(url)).join(' '), /h264/);
    const part = await fetch(url, { headers: { range: 'bytes=10-19' } });
    assert.equal(part.status, 206);
    assert.equal((await part.arrayBuffer()).byteLength, 10);
    const late = await fetch(proxy.address('/proxy/stream', { d }, Date.now() - 60_000));
    assert.equal(late.status, 401);
    await late.arrayBuffer();
  });
});

async function sendFilm(range: string | undefined, response: ServerResponse): Promise<void> {
  const film = await readFile(FILM);
  const [, from = '0', to = ''] = /^bytes=(\d+)-(\d*)$/.exec(range ?? '') ?? [];
  const end = to === '' ? film.byteLength : Math.min(film.byteLength, Number(to) + 1);
  const body = film.subarray(Number(from), end);
  response
    .writeHead(range === undefined ? 200 : 206, {
      'content-type': 'video/mp4',
      'accept-ranges': 'bytes',
      'content-length': body.byteLength,
      ...(range !== undefined && {
        'content-range': `bytes ${from}-${end - 1}/${film.byteLength}`,
      }),
    })
    .end(body);
}
