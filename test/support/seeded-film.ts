/** Two short films of our own, a torrent of them, and a tracker on loopback that knows who seeds it. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bencode } from './bencode.ts';
import { startSeeder } from './real-clients.ts';

export interface SeededFilm extends AsyncDisposable {
  readonly infohash: string;
  readonly name: string;
  readonly tracker: string;
  readonly files: readonly { readonly path: string; readonly sizeBytes: number }[];
}

const NAME = 'Sluice Test [CC0] S01 & 100% (ünïcode)';
const PIECE_BYTES = 16 * 1024;
const run = promisify(execFile);

export async function seedFilm(): Promise<SeededFilm> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-film-'));
  await mkdir(join(folder, NAME));
  const names = ['Sluice.Test.S01E01.mp4', 'Sluice.Test.S01E02 [x264].mp4'];
  const contents: Buffer[] = [];
  for (const [index, name] of names.entries()) {
    contents.push(await makeFilm(join(folder, NAME, name), 2 + index));
  }
  const files = names.map((name, index) => ({ name, sizeBytes: contents[index]?.byteLength ?? 0 }));
  const info = bencode({
    files: files.map(({ name, sizeBytes }) => ({ length: sizeBytes, path: [name] })),
    name: NAME,
    'piece length': PIECE_BYTES,
    pieces: piecesOf(Buffer.concat(contents)),
  });
  const torrentFile = join(folder, 'film.torrent');
  await writeFile(torrentFile, Buffer.concat([Buffer.from('d4:info'), info, Buffer.from('e')]));
  const seeder = await startSeeder(torrentFile, folder);
  const tracker = await startTracker(seeder.port);
  return {
    infohash: createHash('sha1').update(info).digest('hex'),
    name: NAME,
    tracker: tracker.url,
    files: files.map(({ name, sizeBytes }) => ({ path: `${NAME}/${name}`, sizeBytes })),
    async [Symbol.asyncDispose]() {
      await seeder[Symbol.asyncDispose]();
      await tracker.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A picture that moves, for so many seconds. */
export async function makeFilm(path: string, seconds: number): Promise<Buffer> {
  const picture = `testsrc2=size=320x240:rate=12:duration=${seconds}`;
  const parameters = ['-f', 'lavfi', '-i', picture, '-pix_fmt', 'yuv420p', path];
  await run('ffmpeg', ['-loglevel', 'error', ...parameters]);
  return readFile(path);
}

function piecesOf(bytes: Buffer): Buffer {
  const hashes: Buffer[] = [];
  for (let at = 0; at < bytes.byteLength; at += PIECE_BYTES)
    hashes.push(
      createHash('sha1')
        .update(bytes.subarray(at, at + PIECE_BYTES))
        .digest(),
    );
  return Buffer.concat(hashes);
}

/** Names the seeder to everybody who asks (BEP 3, BEP 23). */
async function startTracker(seederPort: number) {
  const peer = Buffer.from([127, 0, 0, 1, seederPort >> 8, seederPort & 255]);
  const answer = bencode({ interval: 2, 'min interval': 1, peers: peer });
  const server = createServer((_request, response) => response.end(answer));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/announce`,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}
