/** Live streams through the whole program: made, sent as encoders send, played, ended, listed as recordings. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { poll } from '../../../src/lib/async/wait.ts';
import { ask, send } from '../../support/configure-requests.ts';
import { appModes, startApp, type RunningApp } from '../../support/start-app.ts';

const KEY = 'CANARY-operator-1234567890';
const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;
/** Two packets of MPEG-TS. */
const SEGMENT = Buffer.alloc(376);
SEGMENT[0] = 0x47;
SEGMENT[188] = 0x47;

interface Made {
  readonly id: string;
  readonly ownerKey: string;
}

describe('live streams', () => {
  let app: RunningApp;

  before(async () => {
    app = await startApp({ environment: { API_PASSWORD: KEY, IS_PUBLIC_INSTANCE: 'true' } });
  });
  after(async () => {
    await app[Symbol.asyncDispose]();
  });

  const make = async (title: string, ownerKey = ''): Promise<Made> => {
    const headers = {
      'content-type': 'application/json',
      'x-api-key': KEY,
      ...(ownerKey !== '' && { 'x-owner-key': ownerKey }),
    };
    const body = JSON.stringify({ title });
    const { json, text } = await ask(`${app.baseUrl}/api/v1/live`, {
      method: 'POST',
      headers,
      body,
    });
    assert.equal(typeof json['id'], 'string', text);
    return { id: String(json['id']), ownerKey: String(json['ownerKey']) };
  };
  const owner = ({ id, ownerKey }: Made, tail: string, method = 'POST') =>
    ask(`${app.baseUrl}/api/v1/live/${id}${tail}`, {
      method,
      headers: { 'x-owner-key': ownerKey },
    });
  const put = async ({ id, ownerKey }: Made, name: string, body: string | Buffer) => {
    const url = `${app.baseUrl}/live/${id}/ingest/${ownerKey}/${name}`;
    return (await fetch(url, { method: 'PUT', body: new Uint8Array(Buffer.from(body)) })).status;
  };
  const playlist = ({ id }: Made) => ask(`${app.baseUrl}/live/${id}/index.m3u8`);
  const vod = (query: string) => ask(`${app.baseUrl}/api/v1/vod?${query}`);
  const listing = (first: number, names: readonly string[]) =>
    ['#EXTM3U', '#EXT-X-TARGETDURATION:2', `#EXT-X-MEDIA-SEQUENCE:${first}`]
      .concat(names.flatMap((name) => ['#EXTINF:2.0,', name]))
      .join('\n');

  test('making one takes the key of the operator, everything else the key of the owner', async () => {
    const refused = await ask(`${app.baseUrl}/api/v1/live`, send('POST', { title: 'Nobody' }));
    assert.equal(refused.status, 401);
    const made = await make('Premiere');
    const stranger = { ...made, ownerKey: 'x'.repeat(32) };
    for (const tail of ['/start', '/stop', '/end', '/restore'])
      assert.equal((await owner(stranger, tail)).status, 403, tail);
    assert.equal((await owner(stranger, '', 'DELETE')).status, 403);
    assert.equal(await put(stranger, 'a.ts', SEGMENT), 403);
    assert.equal((await owner(made, '/start')).json['status'], 'live');
    assert.equal((await owner(made, '/stop')).json['status'], 'created');
    assert.equal((await owner(made, '/end')).json['status'], 'ended');
    assert.equal((await owner(made, '/start')).status, 409);
    // What the encoder sent before the end still comes in.
    await waitFor(async () => (await put(made, 'a.ts', SEGMENT)) === 409);
  });

  test('a playlist is published as far as its segments are there, whichever comes first', async () => {
    const made = await make('Out of order');
    assert.equal((await playlist(made)).status, 404);
    assert.equal(await put(made, 'index.m3u8', listing(0, ['s0.ts', 's1.ts'])), 204);
    assert.equal((await playlist(made)).status, 404, 'no segment is there');
    assert.equal(await put(made, 's1.ts', SEGMENT), 204);
    assert.equal(await put(made, 's0.ts', SEGMENT), 204);
    assert.equal(await put(made, 's0.ts', SEGMENT), 204, 'doubled');
    const url = `${app.baseUrl}/live/${made.id}`;
    const first = await fetch(`${url}/live.m3u8`);
    assert.equal(first.status, 404);
    await waitFor(async () => (await playlist(made)).text.includes('s1.ts'));
    const { text, headers } = await playlist(made);
    assert.match(
      text,
      /#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:2\.000,\ns0\.ts\n#EXTINF:2\.000,\ns1\.ts\n$/,
    );
    assert.equal(headers.get('content-type'), 'application/vnd.apple.mpegurl');
    assert.equal(headers.get('cache-control'), 'public, max-age=1');
    const part = await fetch(`${url}/s0.ts`, { headers: { range: 'bytes=0-99' } });
    assert.equal(part.status, 206);
    assert.equal((await part.arrayBuffer()).byteLength, 100);
    const { json } = await ask(`${app.baseUrl}/api/v1/live/${made.id}`);
    assert.deepEqual([json['status'], json['storedBytes']], ['live', 2 * SEGMENT.length]);
  });

  test('what is cut off, of another type or called like a path is refused, and not published', async () => {
    const made = await make('Hostile');
    assert.equal(await put(made, 'cut.ts', SEGMENT.subarray(0, 300)), 422);
    assert.equal(await put(made, 'page.ts', '<html>'), 422);
    assert.equal(await put(made, 'cut.m4s', '\0\0\0\u0020moof'), 422);
    assert.equal(await put(made, 'run.sh', '#!/bin/sh'), 422);
    assert.equal(await put(made, '..%2F..%2Fevil.ts', SEGMENT), 422);
    assert.equal(await put(made, '.hidden.ts', SEGMENT), 422);
    assert.equal(await put(made, 'index.m3u8', 'hello'), 422);
    assert.equal(await put(made, 'index.m3u8', listing(0, ['../../x y.ts'])), 422);
    await cutOff(`${app.baseUrl}/live/${made.id}/ingest/${made.ownerKey}/gone.ts`);
    assert.equal((await fetch(`${app.baseUrl}/live/${made.id}/gone.ts`)).status, 404);
  });

  test('the bitrate is for the owner and the operator: what came, what was refused, and its minutes', async () => {
    const made = await make('Measured');
    const bitrate = (headers: Record<string, string>) =>
      ask(`${app.baseUrl}/api/v1/live/${made.id}/bitrate`, { headers });
    assert.equal((await bitrate({})).status, 403);
    assert.equal((await bitrate({ 'x-owner-key': 'x'.repeat(32) })).status, 403);
    assert.equal((await bitrate({ 'x-api-key': 'wrong' })).status, 401);
    const nothing = (await bitrate({ 'x-owner-key': made.ownerKey })).json;
    assert.deepEqual([nothing['isMeasured'], nothing['minutes']], [false, []]);
    for (const name of ['v0.ts', 'v1.ts', 'v2.ts', 'audio0.ts']) await put(made, name, SEGMENT);
    assert.equal(await put(made, 'v3.ts', 'cut off'), 422);
    const { json } = await bitrate({ 'x-api-key': KEY });
    assert.deepEqual([json['isMeasured'], json['segments'], json['drops']], [true, 4, 1]);
    const names = (json['renditions'] as readonly { readonly name: string }[]).map((r) => r.name);
    assert.deepEqual(names, ['v', 'audio']);
    assert.ok(Number(json['currentBps']) > 0 && json['peakBps'] === json['currentBps']);
    const minutes = async () =>
      (await bitrate({ 'x-owner-key': made.ownerKey })).json['minutes'] as readonly {
        readonly segments: number;
        readonly drops: number;
      }[];
    await waitFor(async () => (await minutes()).length > 0);
    const sum = (await minutes()).reduce((all, one) => all + one.segments + one.drops, 0);
    assert.equal(sum, 5);
  });

  test('an ended stream is a recording of all segments, listed, deleted and restored', async () => {
    const made = await make('Recorded');
    const names = Array.from({ length: 15 }, (_, at) => `r${at}.ts`);
    for (const name of names) await put(made, name, SEGMENT);
    await put(made, 'index.m3u8', listing(0, names.slice(0, 8)));
    await put(made, 'index.m3u8', listing(8, names.slice(8)));
    const live = (await playlist(made)).text;
    assert.match(live, /MEDIA-SEQUENCE:5\n/);
    assert.doesNotMatch(live, /ENDLIST/);
    const { json } = await owner(made, '/end');
    await waitFor(async () => (await playlist(made)).text.includes('ENDLIST'));
    const whole = (await playlist(made)).text;
    assert.deepEqual(whole.match(/^r\d+\.ts$/gm), names);
    const query = `owner=${String(json['owner'])}`;
    assert.equal((await vod(query)).json['total'], 1);
    assert.equal((await owner(made, '', 'DELETE')).status, 200);
    assert.equal((await vod(query)).json['total'], 0);
    assert.equal((await owner(made, '/restore')).status, 200);
    assert.equal((await vod(query)).json['total'], 1);
  });

  test('where a viewer left a recording is kept for the key, told, listed and forgotten', async () => {
    const made = await make('Long film');
    const address = `${app.baseUrl}/api/v1/vod/${made.id}/position`;
    const headers = { 'content-type': 'application/json', 'x-viewer-key': 'viewer-key-of-anna-1' };
    const keep = (seconds: unknown, more: Record<string, string> = {}) =>
      ask(address, {
        method: 'PUT',
        headers: { ...headers, ...more },
        body: JSON.stringify({ seconds }),
      });
    assert.equal((await keep(5)).status, 404, 'it has not ended');
    await owner(made, '/end');
    assert.deepEqual((await ask(address, { headers })).json, {
      id: made.id,
      seconds: 0,
      updatedAt: null,
    });
    assert.equal((await keep(1800.5)).status, 200);
    assert.equal((await keep(1900)).json['seconds'], 1900);
    assert.equal((await ask(address, { headers })).json['seconds'], 1900);
    for (const bad of [-1, 'x', 864_001, null]) assert.equal((await keep(bad)).status, 400);
    assert.equal((await keep(1, { 'x-viewer-key': 'short' })).status, 400);
    const other = { 'x-viewer-key': 'viewer-key-of-bert-1' };
    assert.equal((await ask(address, { headers: other })).json['seconds'], 0);
    const { json } = await ask(`${app.baseUrl}/api/v1/vod/positions`, { headers });
    const [first] = json['items'] as readonly { readonly title: string; readonly id: string }[];
    assert.deepEqual([first?.title, first?.id], ['Long film', made.id]);
    assert.equal((await ask(address, { method: 'DELETE', headers })).status, 200);
    assert.equal((await ask(address, { headers })).json['seconds'], 0);
    // An owner key is a key, too.
    assert.equal((await keep(7, { 'x-viewer-key': '', 'x-owner-key': made.ownerKey })).status, 200);
  });

  test('Stremio lists live events and recordings, and plays both', async () => {
    const made = await make('On stage');
    const url = `${app.baseUrl}/live`;
    const manifest = await ask(`${url}/manifest.json`);
    assert.deepEqual(manifest.json['types'], ['tv']);
    const listed = async (catalog: string) => {
      const { json } = await ask(`${url}/catalog/tv/${catalog}`);
      return (json['metas'] as readonly { readonly id: string }[]).some(
        ({ id }) => id === `sllive:${made.id}`,
      );
    };
    assert.equal(await listed('live-events.json'), false);
    await owner(made, '/start');
    assert.equal(await listed('live-events.json'), true);
    assert.equal(await listed('live-events/skip=100.json'), false);
    const played = await ask(`${url}/stream/tv/sllive:${made.id}.json`);
    const [first] = played.json['streams'] as readonly { readonly url: string }[];
    assert.equal(first?.url, `${url}/${made.id}/index.m3u8`);
    await owner(made, '/end');
    assert.equal(await listed('live-events.json'), false);
    assert.equal(await listed('recordings.json'), true);
    const meta = await ask(`${url}/meta/tv/sllive%3A${made.id}.json`);
    assert.equal((meta.json['meta'] as { readonly name: string }).name, 'On stage');
    assert.equal((await ask(`${url}/meta/tv/sllive:nothing.json`)).status, 404);
  });

  test('recordings have the right total on every page, also an empty one, and pages by key', async () => {
    const first = await make('One of three');
    const made = [first];
    for (const title of ['Two', 'Three']) made.push(await make(title, first.ownerKey));
    for (const one of made) await owner(one, '/end');
    const { json } = await owner(first, '/end');
    const mine = `owner=${String(json['owner'])}&limit=2`;
    const titles = (answer: { readonly json: Record<string, unknown> }) =>
      (answer.json['items'] as readonly { readonly title: string }[]).map(({ title }) => title);
    const page = await vod(`${mine}&page=1`);
    assert.deepEqual([titles(page), page.json['total']], [['Three', 'Two'], 3]);
    const beyond = await vod(`${mine}&page=9`);
    assert.deepEqual(beyond.json, { items: [], total: 3, page: 9 });
    const keyed = await vod(`${mine}&after=`);
    assert.deepEqual([titles(keyed), keyed.json['total']], [['Three', 'Two'], null]);
    const next = await vod(`${mine}&after=${encodeURIComponent(String(keyed.json['next']))}`);
    assert.deepEqual([titles(next), next.json['next']], [['One of three'], null]);
    assert.equal((await vod('after=yesterday')).status, 400);
    assert.equal((await vod('status=nice')).status, 400);
    assert.equal((await vod('page=0')).status, 400);
  });

  test(
    'ffmpeg sends, ffprobe plays the live stream and the recording',
    { skip: !hasFfmpeg },
    async () => {
      const made = await make('Test picture');
      const url = `${app.baseUrl}/live/${made.id}/ingest/${made.ownerKey}/index.m3u8`;
      const picture = ['-f', 'lavfi', '-i', 'testsrc=size=320x180:rate=10', '-t', '8'];
      const coded = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '10'];
      const hls = ['-f', 'hls', '-hls_time', '1', '-hls_list_size', '3', '-method', 'PUT'];
      const flags = ['-hls_flags', 'delete_segments'];
      const args = ['-loglevel', 'error', '-re', ...picture, ...coded, ...hls, ...flags, url];
      const encoder = spawn('ffmpeg', args, { stdio: 'inherit' });
      const ended = once(encoder, 'exit');
      await waitFor(async () => (await playlist(made)).status === 200);
      assert.equal(probe(`${app.baseUrl}/live/${made.id}/index.m3u8`).codec, 'h264');
      assert.equal((await ended)[0], 0);
      await owner(made, '/end');
      // Encoders leave before what they sent last is stored.
      await waitFor(async () => {
        const { text } = await playlist(made);
        return text.includes('ENDLIST') && text.match(/^#EXTINF/gm)?.length === 8;
      });
      const recording = probe(`${app.baseUrl}/live/${made.id}/index.m3u8`);
      assert.equal(recording.codec, 'h264');
      assert.ok(recording.seconds >= 7.5 && recording.seconds <= 8.5, String(recording.seconds));
    },
  );

  test(
    'encoders send by POST, fragmented MP4, and with ffmpeg -f segment',
    { skip: !hasFfmpeg },
    async () => {
      const ways = [
        ['HLS by POST', ['-f', 'hls', '-hls_time', '1', '-method', 'POST', 'index.m3u8']],
        [
          'fragmented MP4',
          [
            '-f',
            'hls',
            '-hls_time',
            '1',
            '-hls_segment_type',
            'fmp4',
            '-method',
            'PUT',
            'index.m3u8',
          ],
        ],
        [
          'segments and a list',
          ['-f', 'segment', '-segment_time', '1', '-segment_list', 'index.m3u8', 's%d.ts'],
        ],
      ] as const;
      const sent = ways.map(async ([name, output]) => {
        const made = await make(name);
        const to = `${app.baseUrl}/live/${made.id}/ingest/${made.ownerKey}`;
        const args = output.map((part) => (/\.(m3u8|ts)$/.test(part) ? `${to}/${part}` : part));
        const picture = ['-f', 'lavfi', '-i', 'testsrc=size=320x180:rate=10', '-t', '4'];
        const coded = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '10'];
        const encoder = spawn('ffmpeg', ['-loglevel', 'error', ...picture, ...coded, ...args], {
          stdio: 'inherit',
        });
        assert.equal((await once(encoder, 'exit'))[0], 0, name);
        await waitFor(async () => (await playlist(made)).text.match(/^#EXTINF/gm)?.length === 4);
        await owner(made, '/end');
        await waitFor(async () => (await playlist(made)).text.includes('ENDLIST'));
        const recording = probe(`${app.baseUrl}/live/${made.id}/index.m3u8`);
        assert.equal(recording.codec, 'h264', name);
        assert.ok(Math.abs(recording.seconds - 4) < 0.5, `${name}: ${recording.seconds} s`);
      });
      await Promise.all(sent);
    },
  );

  test(
    'one long body of MPEG-TS is cut, and goes on after the encoder came back',
    { skip: !hasFfmpeg },
    async () => {
      const made = await make('One long body');
      const to = `${app.baseUrl}/live/${made.id}/ingest/${made.ownerKey}`;
      const picture = [
        '-f',
        'lavfi',
        '-i',
        'testsrc=size=320x180:rate=10',
        '-f',
        'lavfi',
        '-i',
        'sine',
      ];
      const coded = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '10', '-c:a', 'aac'];
      const sendBody = async (seconds: number, method: string) => {
        const length = ['-t', String(seconds), '-f', 'mpegts', '-method', method];
        const args = ['-loglevel', 'error', ...picture, ...coded, ...length, to];
        assert.equal((await once(spawn('ffmpeg', args, { stdio: 'inherit' }), 'exit'))[0], 0);
      };
      await sendBody(10, 'POST');
      await waitFor(async () => (await playlist(made)).text.match(/^#EXTINF/gm)?.length === 3);
      assert.equal((await ask(`${app.baseUrl}/api/v1/live/${made.id}`)).json['status'], 'live');
      assert.match((await playlist(made)).text, /#EXTINF:4\.0\d\d,\ncut0\.ts\n/);
      await sendBody(5, 'PUT');
      await waitFor(async () => (await playlist(made)).text.match(/^#EXTINF/gm)?.length === 5);
      assert.match((await playlist(made)).text, /#EXT-X-DISCONTINUITY\n#EXTINF:4[.\d]+,\ncut3\.ts/);
      assert.equal(probe(`${app.baseUrl}/live/${made.id}/cut1.ts`).codec, 'h264');
      await owner(made, '/end');
      await waitFor(async () => (await playlist(made)).text.includes('ENDLIST'));
      const { seconds } = probe(`${app.baseUrl}/live/${made.id}/index.m3u8`);
      assert.ok(Math.abs(seconds - 15) < 1, String(seconds));

      const other = await make('Nonsense');
      const post = (key: string, body: string) =>
        fetch(`${app.baseUrl}/live/${other.id}/ingest/${key}`, { method: 'POST', body });
      assert.equal((await post(other.ownerKey, 'x'.repeat(1000))).status, 422);
      assert.equal((await post('x'.repeat(32), 'x'.repeat(1000))).status, 403);
      assert.equal((await playlist(other)).status, 404);
    },
  );
});

test(
  'two processes know the bitrate of a stream whose segments come to both',
  { skip: !appModes().includes('external-2') },
  async () => {
    await using app = await startApp({
      mode: 'external-2',
      environment: { LIVE_CREATION_OPEN: 'true' },
    });
    const { json } = await ask(`${app.baseUrl}/api/v1/live`, send('POST', { title: 'Two' }));
    const url = `${app.baseUrl}/live/${String(json['id'])}/ingest/${String(json['ownerKey'])}`;
    const known = async () => {
      const headers = { 'x-owner-key': String(json['ownerKey']), connection: 'close' };
      const answer = await ask(`${app.baseUrl}/api/v1/live/${String(json['id'])}/bitrate`, {
        headers,
      });
      return answer.json['segments'];
    };
    const segments = 24;
    // A connection each: the kernel spreads them over the processes.
    for (let n = 0; n < segments; n += 1)
      await fetch(`${url}/a${n}.ts`, {
        method: 'PUT',
        headers: { connection: 'close' },
        body: new Uint8Array(SEGMENT),
      });
    // Whichever is asked.
    const bothKnow = async () => {
      const answers = [];
      for (let asked = 0; asked < 8; asked += 1) answers.push(await known());
      return answers.every((answer) => answer === segments);
    };
    assert.ok(await waitFor(bothKnow));
  },
);

function probe(url: string): { readonly codec: string; readonly seconds: number } {
  const { stdout, stderr } = spawnSync(
    'ffprobe',
    ['-v', 'error', '-show_entries', 'stream=codec_name:format=duration', '-of', 'json', url],
    { encoding: 'utf8', timeout: 60_000 },
  );
  const answer = JSON.parse(stdout) as {
    readonly streams?: readonly { readonly codec_name: string }[];
    readonly format?: { readonly duration?: string };
  };
  assert.ok(answer.streams !== undefined, stderr);
  return { codec: answer.streams[0]?.codec_name ?? '', seconds: Number(answer.format?.duration) };
}

/** A chunked upload whose connection ends in the middle. */
async function cutOff(url: string): Promise<void> {
  const sending = request(url, { method: 'PUT' });
  await new Promise<void>((closed) => {
    sending.on('error', () => undefined);
    sending.on('close', () => closed());
    sending.write(SEGMENT, () => sending.destroy());
  });
}

function waitFor(isDone: () => Promise<boolean>): Promise<boolean> {
  return poll(isDone, { everyMs: 100, timeoutMs: 60_000 });
}
