/** A recording in other sizes through the whole program: asked for, made by the worker, played while it is made, deleted. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { poll } from '../../../src/lib/async/wait.ts';
import { ask, send } from '../../support/configure-requests.ts';
import { startApp } from '../../support/start-app.ts';

const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;
const KEY = 'CANARY-operator-1234567890';

test('a recording is transcoded on demand and plays at once', { skip: !hasFfmpeg }, async () => {
  await using app = await startApp({
    environment: { WORKER_SINGLE_MODE: 'true', API_PASSWORD: KEY, IS_PUBLIC_INSTANCE: 'true' },
  });
  const made = await ask(`${app.baseUrl}/api/v1/live`, {
    ...send('POST', { title: 'Recorded' }),
    headers: { 'content-type': 'application/json', 'x-api-key': KEY },
  });
  const id = String(made.json['id']);
  const ownerKey = String(made.json['ownerKey']);
  await sendPicture(`${app.baseUrl}/live/${id}/ingest/${ownerKey}`);
  const url = `${app.baseUrl}/api/v1/live/${id}`;
  const owner = { 'content-type': 'application/json', 'x-owner-key': ownerKey };
  const wanted = (variants: unknown, headers: Record<string, string> = owner) =>
    ask(`${url}/transcodes`, { method: 'POST', headers, body: JSON.stringify({ variants }) });

  assert.equal((await wanted(['480p'])).status, 409, 'it has not ended');
  await ask(`${url}/end`, { method: 'POST', headers: owner });
  assert.equal((await wanted(['480p'], { 'content-type': 'application/json' })).status, 403);
  assert.equal((await wanted(['4k'])).status, 400);
  assert.equal((await wanted([])).status, 400);
  await poll(
    async () => (await ask(`${app.baseUrl}/live/${id}/index.m3u8`)).text.includes('ENDLIST'),
    {
      everyMs: 100,
      timeoutMs: 20_000,
    },
  );

  const { json, status, text } = await wanted(['audio', '480p']);
  assert.equal(status, 200, text);
  assert.deepEqual([json['state'], json['variants']], ['waiting', ['480p', 'audio']]);
  const again = await wanted(['480p', 'audio'], { ...owner, 'x-owner-key': '', 'x-api-key': KEY });
  assert.equal(again.json['id'], json['id'], 'the same for the operator');
  const playlist = String(json['playlist']);
  // Who asks before the first segment is there waits for it.
  assert.match((await ask(playlist)).text, /RESOLUTION=\d+x\d+\n480p\.m3u8\n[^]*audio\.m3u8/);
  assert.match((await ask(playlist.replace('index', '480p'))).text, /480p_0_00000\.m4s/);
  const state = () => ask(`${app.baseUrl}/api/v1/transcodes/${String(json['id'])}`);
  const isOver = await poll(async () => (await state()).json['state'] === 'done', {
    everyMs: 200,
    timeoutMs: 120_000,
  });
  assert.ok(isOver, (await state()).text);
  const played = spawnSync(
    'ffprobe',
    ['-v', 'error', '-show_entries', 'stream=codec_name:format=duration', '-of', 'json', playlist],
    { encoding: 'utf8', timeout: 60_000 },
  );
  const { format } = JSON.parse(played.stdout) as {
    readonly format: { readonly duration: string };
  };
  assert.ok(Math.abs(Number(format.duration) - 6) < 0.5, played.stdout);
  const listed = await ask(`${url}/transcodes`, { headers: owner });
  assert.equal((listed.json['items'] as readonly unknown[]).length, 1);

  await poll(async () => (await ask(`${app.baseUrl}/metrics`)).text.includes('outcome="ok"'), {
    everyMs: 200,
    timeoutMs: 20_000,
  });
  const metrics = (await ask(`${app.baseUrl}/metrics`)).text;
  assert.match(metrics, /^transcoding_queue_depth 0$/m);
  assert.match(metrics, /^media_scan_duration_seconds_count\{outcome="ok"\} 1$/m);

  const remove = (headers: Record<string, string>) =>
    ask(`${app.baseUrl}/api/v1/transcodes/${String(json['id'])}`, { method: 'DELETE', headers });
  assert.equal((await remove({})).status, 403);
  assert.equal((await remove({ 'x-owner-key': ownerKey })).status, 200);
  assert.equal((await state()).status, 404);
  assert.equal((await ask(playlist.replace('index.m3u8', '480p_0_00000.m4s'))).status, 404);
  assert.equal((await ask(playlist.replace('index.m3u8', '..%2F480p.m3u8'))).status, 404);
});

/** Six seconds with sound, as an encoder sends them. */
async function sendPicture(ingest: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-picture-'));
  const picture = [
    '-f',
    'lavfi',
    '-i',
    'testsrc2=size=854x480:rate=25',
    '-f',
    'lavfi',
    '-i',
    'sine',
  ];
  const coded = ['-t', '6', '-c:v', 'libx264', '-preset', 'ultrafast', '-g', '50', '-c:a', 'aac'];
  const hls = ['-f', 'hls', '-hls_time', '2', '-hls_list_size', '0', join(folder, 'index.m3u8')];
  const { status } = spawnSync('ffmpeg', ['-loglevel', 'error', ...picture, ...coded, ...hls]);
  assert.equal(status, 0);
  for (const name of await readdir(folder)) {
    const body = new Uint8Array(await readFile(join(folder, name)));
    const sent = await fetch(`${ingest}/${name}`, {
      method: 'PUT',
      body,
      headers: { connection: 'close' },
    });
    assert.equal(sent.status, 204, name);
  }
  await rm(folder, { recursive: true });
}
