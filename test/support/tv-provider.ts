/** A provider of live channels over real HTTP: test pictures made by ffmpeg, sent at their own pace, and what goes wrong on demand. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const TICK_MS = 100;

export interface TvChannel {
  /** A transport stream, sent again and again. */
  readonly bytes: Buffer;
  readonly seconds: number;
}

export interface TvProvider extends AsyncDisposable {
  readonly url: string;
  /** Connections that are open now, by path. */
  readonly open: ReadonlyMap<string, number>;
  readonly requests: readonly { readonly path: string; readonly headers: IncomingHttpHeaders }[];
  /** Most connections at a time, of all paths. */
  readonly mostOpen: number;
  /** Paths that send nothing more, and keep their connections. */
  readonly silent: Set<string>;
  /** Answers of other paths. */
  readonly answers: Map<string, (response: ServerResponse) => void>;
  /** Ends what is open. */
  cut(path: string): void;
}

/** A picture of one colour as a transport stream. Needs ffmpeg. */
export async function testPicture(colour: string, seconds: number): Promise<TvChannel> {
  const { stdout } = await promisify(execFile)(
    'ffmpeg',
    [
      ['-v', 'error', '-f', 'lavfi', '-i', `color=${colour}:size=160x90:rate=10`],
      ['-t', String(seconds), '-c:v', 'mpeg2video', '-b:v', '400k', '-g', '5'],
      ['-f', 'mpegts', 'pipe:1'],
    ].flat(),
    { encoding: 'buffer', maxBuffer: 64 * 2 ** 20 },
  );
  return { bytes: stdout, seconds };
}

/** The same in pieces of a second that belong together. Needs ffmpeg. */
export async function testPieces(colour: string, seconds: number): Promise<readonly Buffer[]> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-pieces-'));
  try {
    await promisify(execFile)(
      'ffmpeg',
      [
        ['-v', 'error', '-f', 'lavfi', '-i', `color=${colour}:size=160x90:rate=10`],
        ['-t', String(seconds), '-c:v', 'mpeg2video', '-b:v', '400k', '-g', '10'],
        ['-f', 'segment', '-segment_time', '1', '-segment_format', 'mpegts'],
        [join(folder, '%04d.ts')],
      ].flat(),
    );
    const names = (await readdir(folder)).sort();
    return await Promise.all(names.map((name) => readFile(join(folder, name))));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Answers of a channel as a playlist of the newest three pieces, below a list of playlists. */
export function playPieces(
  answers: TvProvider['answers'],
  path: string,
  pieces: readonly Buffer[],
): void {
  const startedAtMs = performance.now();
  const list = (lines: readonly string[]) => (response: ServerResponse) => {
    response.writeHead(200, { 'content-type': 'application/x-mpegurl' });
    response.end(['#EXTM3U', ...lines].join('\n'));
  };
  answers.set(`${path}/index.m3u8`, list(['#EXT-X-STREAM-INF:BANDWIDTH=400000', 'live']));
  answers.set(`${path}/live`, (response) => {
    const newest = 3 + Math.floor((performance.now() - startedAtMs) / 1000);
    const numbers = [newest - 2, newest - 1, newest];
    const lines = numbers.flatMap((number) => ['#EXTINF:1.0,', `piece-${number}?token=canary`]);
    list(['#EXT-X-TARGETDURATION:1', `#EXT-X-MEDIA-SEQUENCE:${newest - 2}`, ...lines])(response);
  });
  pieces.forEach((piece, number) => {
    answers.set(`${path}/piece-${number}?token=canary`, (response) => response.end(piece));
  });
}

export async function startTvProvider(
  channels: Readonly<Record<string, TvChannel>>,
): Promise<TvProvider> {
  const open = new Map<string, number>();
  const responses = new Map<string, Set<ServerResponse>>();
  const requests: { path: string; headers: IncomingHttpHeaders }[] = [];
  const silent = new Set<string>();
  const answers = new Map<string, (response: ServerResponse) => void>();
  let mostOpen = 0;
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    requests.push({ path, headers: request.headers });
    const answer = answers.get(path);
    if (answer !== undefined) return answer(response);
    const channel = channels[path];
    if (channel === undefined) return response.writeHead(404).end();
    const own = responses.get(path) ?? new Set();
    responses.set(path, own.add(response));
    open.set(path, own.size);
    mostOpen = Math.max(
      mostOpen,
      [...open.values()].reduce((sum, count) => sum + count),
    );
    response.writeHead(200, { 'content-type': 'video/mp2t' });
    const stop = send(channel, response, () => silent.has(path));
    response.on('close', () => {
      stop();
      own.delete(response);
      open.set(path, own.size);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    open,
    requests,
    silent,
    answers,
    get mostOpen() {
      return mostOpen;
    },
    cut: (path) => responses.get(path)?.forEach((response) => response.destroy()),
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** From its beginning, as fast as it plays; a second at once, as servers do. */
function send(
  { bytes, seconds }: TvChannel,
  response: ServerResponse,
  isSilent: () => boolean,
): () => void {
  const perTick = Math.ceil((bytes.length * TICK_MS) / 1000 / seconds);
  let at = 0;
  const piece = (size: number) => {
    if (isSilent()) return;
    response.write(bytes.subarray(at, at + size));
    at = at + size >= bytes.length ? 0 : at + size;
  };
  piece(perTick * 10);
  const timer = setInterval(() => piece(perTick), TICK_MS);
  return () => clearInterval(timer);
}
