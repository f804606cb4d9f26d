/** Live streams that hold as much as they may: segments get 503, and what is there plays on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, send } from '../../support/configure-requests.ts';
import { startApp } from '../../support/start-app.ts';

/** Packets of MPEG-TS, some 600 KB. */
const SEGMENT = Buffer.alloc(188 * 3200);
for (let at = 0; at < SEGMENT.length; at += 188) SEGMENT[at] = 0x47;

test('ingest beyond LIVE_DISK_MAX_MB is 503 live.disk-full, and what is stored plays on', async () => {
  await using app = await startApp({
    environment: { LIVE_CREATION_OPEN: 'true', LIVE_DISK_MAX_MB: '1' },
  });
  const { json } = await ask(`${app.baseUrl}/api/v1/live`, send('POST', { title: 'Long' }));
  const url = `${app.baseUrl}/live/${String(json['id'])}`;
  const put = (name: string, body: string | Uint8Array<ArrayBuffer>) =>
    ask(`${url}/ingest/${String(json['ownerKey'])}/${name}`, { method: 'PUT', body });
  const list = '#EXTM3U\n#EXTINF:2,\na.ts\n#EXTINF:2,\nb.ts\n';
  assert.equal((await put('index.m3u8', list)).status, 204);
  assert.equal((await put('a.ts', new Uint8Array(SEGMENT))).status, 204);
  const refused = await put('b.ts', new Uint8Array(SEGMENT));
  assert.deepEqual(
    [refused.status, refused.text.includes('live.disk-full'), refused.headers.get('retry-after')],
    [503, true, '30'],
  );
  const playlist = await ask(`${url}/index.m3u8`);
  assert.match(playlist.text, /a\.ts/);
  assert.doesNotMatch(playlist.text, /b\.ts/);
  const played = await fetch(`${url}/a.ts`);
  assert.equal((await played.arrayBuffer()).byteLength, SEGMENT.length);
});
