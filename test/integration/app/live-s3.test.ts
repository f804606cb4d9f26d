/** Segments in an S3-compatible store in place of DATA_DIR: sent, played, transcoded, pictured, deleted, and the store gone. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { AppError } from '../../../src/lib/errors.ts';
import { poll } from '../../../src/lib/async/wait.ts';
import { createFetcher } from '../../../src/platform/fetch/fetcher.ts';
import { Bucket } from '../../../src/platform/s3/bucket.ts';
import { ask, send } from '../../support/configure-requests.ts';
import { NO_ABORT } from '../../support/open-database.ts';
import { S3_KEY, startS3Server } from '../../support/s3-server.ts';
import { startApp } from '../../support/start-app.ts';

const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;
const OPERATOR = 'CANARY-operator-1234567890';
const waitFor = (isDone: () => Promise<boolean>) =>
  poll(isDone, { everyMs: 200, timeoutMs: 60_000 });

describe('a bucket', () => {
  test('objects are put, read, listed, shown by an address and deleted; wrong keys are told by the code', async () => {
    await using server = await startS3Server('/a/folder');
    await using fetcher = createFetcher({ allowPrivate: [] });
    const open = (accessKey: string) =>
      new Bucket(
        { url: server.bucketUrl, region: 'us-east-1', accessKey, secretKey: S3_KEY },
        fetcher,
      );
    const bucket = open(S3_KEY);
    const body = Buffer.from('x'.repeat(100_000));
    await bucket.put('one/a_1-b.ts', body, 'video/mp2t', NO_ABORT);
    await bucket.put('one/c.ts', body, 'video/mp2t', NO_ABORT);
    await bucket.put('other/a.ts', body, 'video/mp2t', NO_ABORT);
    assert.ok((await server.keys()).includes('a/folder/one/a_1-b.ts'));
    assert.deepEqual(await bucket.get('one/a_1-b.ts', 200_000, NO_ABORT), body);
    assert.equal(await bucket.get('one/none.ts', 200_000, NO_ABORT), null);
    assert.deepEqual(await bucket.list('one/', NO_ABORT), ['one/a_1-b.ts', 'one/c.ts']);
    const shown = await fetch(bucket.addressFor('one/c.ts', 60));
    assert.equal((await shown.arrayBuffer()).byteLength, body.length);
    await bucket.delete('one/c.ts', NO_ABORT);
    assert.deepEqual(await bucket.list('one/', NO_ABORT), ['one/a_1-b.ts']);
    await bucket.check(NO_ABORT);
    const isRefused = (error: unknown) =>
      error instanceof AppError &&
      error.code === 'storage.failed' &&
      error.detail === '403 InvalidAccessKeyId';
    await assert.rejects(open('wrong').check(NO_ABORT), isRefused);
    await assert.rejects(open('wrong').put('one/d.ts', body, 'video/mp2t', NO_ABORT), isRefused);
  });
});

test(
  'a live stream whose segments are in a store: recorded, transcoded, pictured, deleted, and refused when the store is gone',
  { skip: !hasFfmpeg },
  async () => {
    await using store = await startS3Server();
    await using app = await startApp({
      environment: {
        ...store.environment,
        WORKER_SINGLE_MODE: 'true',
        API_PASSWORD: OPERATOR,
        IS_PUBLIC_INSTANCE: 'true',
        LIVE_CREATION_OPEN: 'true',
        LIVE_DELETED_KEEP_DAYS: '0',
        TRANSCODE_NICE: '0',
      },
    });
    const ready = await ask(`${app.baseUrl}/ready`);
    assert.equal((ready.json['parts'] as Record<string, string>)['segments'], 'ok');
    const { json } = await ask(`${app.baseUrl}/api/v1/live`, send('POST', { title: 'Stored' }));
    const [id, ownerKey] = [String(json['id']), String(json['ownerKey'])];
    const url = `${app.baseUrl}/live/${id}`;
    const api = `${app.baseUrl}/api/v1/live/${id}`;
    const headers = { 'content-type': 'application/json', 'x-owner-key': ownerKey };

    sendPicture(`${url}/ingest/${ownerKey}/index.m3u8`);
    await waitFor(async () => (await ask(`${url}/index.m3u8`)).text.match(/EXTINF/g)?.length === 4);
    assert.ok((await store.keys()).includes(`${id}/index0.ts`));
    await ask(`${api}/end`, { method: 'POST', headers });
    await waitFor(async () => (await ask(`${url}/index.m3u8`)).text.includes('ENDLIST'));
    assert.ok(Math.abs(probe(`${url}/index.m3u8`) - 4) < 0.5);

    const body = JSON.stringify({ variants: ['480p'] });
    const asked = await ask(`${api}/transcodes`, { method: 'POST', headers, body });
    const playlist = String(asked.json['playlist']);
    const state = () => ask(`${app.baseUrl}/api/v1/transcodes/${String(asked.json['id'])}`);
    const isMade = await waitFor(async () => (await state()).json['state'] === 'done');
    assert.ok(isMade, (await state()).text + app.output());
    assert.ok(Math.abs(probe(playlist) - 4) < 0.5);
    await waitFor(async () => (await store.keys()).includes(`${id}/poster.jpg`));
    assert.equal((await fetch(`${url}/poster.jpg`)).headers.get('content-type'), 'image/jpeg');

    await ask(api, { method: 'DELETE', headers });
    const operator = { method: 'POST', headers: { 'x-api-key': OPERATOR } };
    await ask(`${app.baseUrl}/api/v1/admin/schedulers/live.purge/run`, operator);
    assert.ok(await waitFor(async () => (await store.keys()).length === 0));

    const other = await ask(`${app.baseUrl}/api/v1/live`, send('POST', { title: 'Gone' }));
    await store.stop();
    const refused = await ask(
      `${app.baseUrl}/live/${String(other.json['id'])}/ingest/${String(other.json['ownerKey'])}/a.ts`,
      { method: 'PUT', body: new Uint8Array(PACKETS) },
    );
    assert.deepEqual([refused.status, refused.headers.get('retry-after')], [503, '10']);
    assert.match(refused.text, /storage\.failed/);
    const unready = await ask(`${app.baseUrl}/ready`);
    assert.deepEqual(
      [unready.status, (unready.json['parts'] as Record<string, string>)['segments']],
      [503, 'failed: storage.failed (fetch.failed)'],
    );
    assert.doesNotMatch(app.output(), new RegExp(`${S3_KEY}|X-Amz-Signature`));
  },
);

/** Two packets of MPEG-TS. */
const PACKETS = Buffer.alloc(376);
PACKETS[0] = 0x47;
PACKETS[188] = 0x47;

/** Four seconds with sound, a second a segment. */
function sendPicture(url: string): void {
  const picture = [
    '-f',
    'lavfi',
    '-i',
    'testsrc2=size=640x360:rate=25',
    '-f',
    'lavfi',
    '-i',
    'sine',
  ];
  const coded = ['-t', '4', '-c:v', 'libx264', '-preset', 'ultrafast', '-g', '25', '-c:a', 'aac'];
  const hls = ['-f', 'hls', '-hls_time', '1', '-hls_list_size', '0', '-method', 'PUT', url];
  assert.equal(spawnSync('ffmpeg', ['-loglevel', 'error', ...picture, ...coded, ...hls]).status, 0);
}

/** Length in seconds. */
function probe(url: string): number {
  const shown = ['-v', 'error', '-show_entries', 'format=duration', '-of', 'csv=p=0'];
  const { stdout } = spawnSync('ffprobe', [...shown, url], { encoding: 'utf8', timeout: 60_000 });
  return Number(stdout);
}
