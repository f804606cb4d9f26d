/** A recording in other sizes through the whole program: asked for, made by the worker, played while it is made, deleted. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
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
  await using hook = await startHook();
  await using app = await startApp({
    environment: {
      WORKER_SINGLE_MODE: 'true',
      API_PASSWORD: KEY,
      IS_PUBLIC_INSTANCE: 'true',
      LIVE_ANNOUNCE_URL: hook.url,
      LIVE_DELETED_KEEP_DAYS: '0',
      TRANSCODE_ON_DEMAND: 'true',
    },
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

  assert.ok(await poll(() => hook.told.length > 0, { everyMs: 100, timeoutMs: 20_000 }));
  assert.deepEqual(hook.told, [{ event: 'live.started', id, title: 'Recorded' }]);
  const offered = await ask(`${app.baseUrl}/live/stream/tv/sllive:${id}.json`);
  const addresses = (offered.json['streams'] as readonly { readonly url: string }[]).map(
    (s) => s.url,
  );
  const recording = `${app.baseUrl}/live/${id}`;
  assert.deepEqual(addresses, [
    `${recording}/index.m3u8`,
    `${recording}/transcoded/720p.m3u8`,
    `${recording}/transcoded/480p.m3u8`,
  ]);

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

  const onDemand = await fetch(`${recording}/transcoded/480p.m3u8`, { redirect: 'manual' });
  assert.equal(onDemand.status, 302);
  assert.match((await ask(onDemand.headers.get('location') ?? '')).text, /480p\.m3u8/);
  assert.equal((await ask(`${recording}/transcoded/4k.m3u8`)).status, 404);
  const poster = () => fetch(`${recording}/poster.jpg`, { redirect: 'manual' });
  await poll(async () => (await poster()).status === 200, { everyMs: 200, timeoutMs: 60_000 });
  const picture = Buffer.from(await (await poster()).arrayBuffer());
  assert.deepEqual([...picture.subarray(0, 2)], [0xff, 0xd8]);

  let metrics = '';
  // What a worker measures is told every few seconds.
  const isCounted = async () => {
    metrics = (await ask(`${app.baseUrl}/metrics`)).text;
    return (
      /^transcoding_queue_depth 0$/m.test(metrics) &&
      /^media_scan_duration_seconds_count\{outcome="ok"\} [1-9]$/m.test(metrics)
    );
  };
  assert.ok(await poll(isCounted, { everyMs: 200, timeoutMs: 60_000 }), metrics);

  const remove = (headers: Record<string, string>) =>
    ask(`${app.baseUrl}/api/v1/transcodes/${String(json['id'])}`, { method: 'DELETE', headers });
  assert.equal((await remove({})).status, 403);
  assert.equal((await remove({ 'x-owner-key': ownerKey })).status, 200);
  assert.equal((await state()).status, 404);
  assert.equal((await ask(playlist.replace('index.m3u8', '480p_0_00000.m4s'))).status, 404);
  assert.equal((await ask(playlist.replace('index.m3u8', '..%2F480p.m3u8'))).status, 404);

  assert.equal((await ask(`${recording}/index1.ts`)).status, 200);
  await ask(url, { method: 'DELETE', headers: owner });
  const purge = await ask(`${app.baseUrl}/api/v1/admin/schedulers/live.purge/run`, {
    method: 'POST',
    headers: { 'x-api-key': KEY },
  });
  assert.ok(purge.status < 300, purge.text);
  const task = `${app.baseUrl}/api/v1/admin/tasks/${String(purge.json['task_id'])}`;
  const isPurged = async () =>
    (await ask(task, { headers: { 'x-api-key': KEY } })).json['state'] === 'succeeded';
  assert.ok(await poll(isPurged, { everyMs: 200, timeoutMs: 60_000 }));
  await ask(`${url}/restore`, { method: 'POST', headers: owner });
  assert.equal((await ask(url)).json['storedBytes'], 0);
  assert.equal((await ask(`${recording}/index1.ts`)).status, 404);
});

/** Takes announcements. */
async function startHook() {
  const told: unknown[] = [];
  const server = createServer((request, response) => {
    request.setEncoding('utf8').on('data', (text: string) => told.push(JSON.parse(text)));
    request.on('end', () => response.end('ok'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    told,
    url: `http://127.0.0.1:${port}/hook`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

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
