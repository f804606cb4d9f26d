/** Two processes on one port: an encoder's files reach either, and both play all of them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { poll } from '../../../src/lib/async/wait.ts';
import { ask, send } from '../../support/configure-requests.ts';
import { appModes, startApp } from '../../support/start-app.ts';

const SEGMENTS = 8;
const PACKET = Buffer.alloc(188);
PACKET[0] = 0x47;

test(
  'either of two processes takes what an encoder sends, and plays what the other took',
  { skip: !appModes().includes('external-2') },
  async () => {
    await using app = await startApp({
      mode: 'external-2',
      environment: { LIVE_CREATION_OPEN: 'true' },
    });
    const { json, text } = await ask(
      `${app.baseUrl}/api/v1/live`,
      send('POST', { title: 'Shared' }),
    );
    assert.equal(typeof json['id'], 'string', text);
    const url = `${app.baseUrl}/live/${String(json['id'])}`;
    // Each on a connection of its own, as ffmpeg does: the kernel spreads them over the processes.
    const put = async (name: string, body: Uint8Array<ArrayBuffer>) => {
      const headers = { connection: 'close' };
      const target = `${url}/ingest/${String(json['ownerKey'])}/${name}`;
      const { status } = await fetch(target, { method: 'PUT', headers, body });
      assert.equal(status, 204);
    };
    const names = Array.from({ length: SEGMENTS }, (_, at) => `s${at}.ts`);
    const list = ['#EXTM3U', ...names.flatMap((name) => ['#EXTINF:2,', name])].join('\n');
    await put('index.m3u8', new Uint8Array(Buffer.from(list)));
    for (const name of names) await put(name, new Uint8Array(PACKET));
    const played = async (path: string) => {
      const answer = await fetch(`${url}/${path}`, { headers: { connection: 'close' } });
      return { status: answer.status, text: await answer.text() };
    };
    const isWhole = async () => (await played('index.m3u8')).text.includes(`s${SEGMENTS - 1}.ts`);
    let inARow = 0;
    await poll(
      async () => {
        inARow = (await isWhole()) ? inARow + 1 : 0;
        return inARow === 10;
      },
      { everyMs: 50, timeoutMs: 30_000 },
    );
    for (const name of names) assert.equal((await played(name)).status, 200, name);
  },
);
