/** Protects what is read of `.torrent` files: hashes over the bytes as they are, files without padding, and no harm by hostile ones. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import fc from 'fast-check';
import { AppError } from '../../../../src/lib/errors.ts';
import { readTorrent, TORRENT_BYTES_MAX } from '../../../../src/lib/torrent/torrent-file.ts';
import { bencode, type Bencodable } from '../../../support/bencode.ts';
import { cpuClock } from '../../../support/cpu-time.ts';

const FOLDER = '../shared/data/torrents';

interface Described {
  readonly file: string;
  readonly infohash: string;
  readonly name: string;
  readonly private: boolean;
  readonly files: readonly { readonly path: string; readonly length: number }[];
  readonly total_length: number;
}

const sha = (algorithm: 'sha1' | 'sha256', info: Bencodable) =>
  createHash(algorithm).update(bencode(info)).digest('hex');

const PIECES = Buffer.alloc(20, 7);
const file = (length: number, ...path: string[]) => ({ length, path });

test(
  'recorded files',
  { skip: existsSync(FOLDER) ? false : `${FOLDER} is not there` },
  async () => {
    const described = JSON.parse(
      await readFile(`${FOLDER}/index.json`, 'utf8'),
    ) as readonly Described[];
    for (const expected of described) {
      const torrent = readTorrent(await readFile(`${FOLDER}/${expected.file}`));
      assert.deepEqual(
        {
          ...torrent,
          files: torrent.files.map(({ path, sizeBytes }) => ({ path, length: sizeBytes })),
        },
        {
          infohash: expected.infohash,
          infohashV2: null,
          name: expected.name,
          isPrivate: expected.private,
          files: expected.files,
          sizeBytes: expected.total_length,
          trackers: [],
        },
      );
    }
    assert.ok(described.length > 0);
  },
);

test('the hash is of the bytes as they are: unsorted keys, integers beyond 2^53, keys that are not UTF-8', () => {
  const odd = Buffer.concat([
    Buffer.from('d6:pieces20:'),
    PIECES,
    Buffer.from('4:name5:a.mkv6:lengthi5e1:xi9007199254740993e2:'),
    Buffer.from([0xff, 0xfe]),
    Buffer.from('i-0ee'),
  ]);
  const torrent = readTorrent(Buffer.concat([Buffer.from('d4:info'), odd, Buffer.from('e\r\n')]));
  assert.equal(torrent.infohash, createHash('sha1').update(odd).digest('hex'));
  assert.deepEqual(torrent.files, [{ index: 0, path: 'a.mkv', sizeBytes: 5 }]);
});

test('padding has a place in the numbering, and none in lists and sizes', () => {
  const info = {
    files: [
      file(10, 'a.mkv'),
      { attr: 'p', ...file(6, '.pad', '6') },
      file(20, 'Extras', 'b.mkv'),
      file(12, '.pad', '12'),
      file(30, 'c.srt'),
      file(2, '_____padding_file_0_____'),
      { attr: 'x', ...file(1, 'd.sh') },
    ],
    name: 'Show',
    pieces: PIECES,
  };
  const torrent = readTorrent(bencode({ info }));
  assert.equal(torrent.sizeBytes, 61);
  assert.deepEqual(torrent.files, [
    { index: 0, path: 'a.mkv', sizeBytes: 10 },
    { index: 2, path: 'Extras/b.mkv', sizeBytes: 20 },
    { index: 4, path: 'c.srt', sizeBytes: 30 },
    { index: 6, path: 'd.sh', sizeBytes: 1 },
  ]);
});

const TREE = {
  'a.mkv': { '': { length: 10, 'pieces root': Buffer.alloc(32, 1) } },
  Extras: { 'b.mkv': { '': { length: 20 } }, 'empty.nfo': { '': { length: 0 } } },
};

test('version 2 alone, and both versions in one file', () => {
  const v2 = { 'file tree': TREE, 'meta version': 2, name: 'Show', 'piece length': 16384 };
  const alone = readTorrent(bencode({ info: v2 }));
  assert.equal(alone.infohash, null);
  assert.equal(alone.infohashV2, sha('sha256', v2));
  assert.deepEqual(alone.files, [
    { index: 0, path: 'a.mkv', sizeBytes: 10 },
    { index: 1, path: 'Extras/b.mkv', sizeBytes: 20 },
    { index: 2, path: 'Extras/empty.nfo', sizeBytes: 0 },
  ]);

  const hybrid = {
    ...v2,
    files: [
      file(10, 'a.mkv'),
      { attr: 'p', ...file(16374, '.pad', '16374') },
      file(20, 'Extras', 'b.mkv'),
    ],
    pieces: PIECES,
  };
  const both = readTorrent(bencode({ info: hybrid }));
  assert.equal(both.infohash, sha('sha1', hybrid));
  assert.equal(both.infohashV2, sha('sha256', hybrid));
  assert.deepEqual(
    both.files.map(({ index, path }) => [index, path]),
    [
      [0, 'a.mkv'],
      [2, 'Extras/b.mkv'],
    ],
  );
});

test('names in UTF-8 go first; no name leads out of a folder or out of its line', () => {
  const info = {
    files: [
      { length: 1, path: ['..', 'x'], 'path.utf-8': ['Über', 'ü.mkv'] },
      file(1, '..', '.', '', '../../etc', 'p\r\nq'),
    ],
    name: 'Stra\xdfe',
    'name.utf-8': 'Straße\n2',
    pieces: PIECES,
  };
  const torrent = readTorrent(bencode({ info }));
  assert.equal(torrent.name, 'Straße 2');
  assert.deepEqual(
    torrent.files.map(({ path }) => path),
    ['Über/ü.mkv', '.._.._etc/p q'],
  );
});

test('trackers: each once, usable ones; none of private torrents, none with a passkey', () => {
  const info = { length: 1, name: 'a', pieces: PIECES };
  const root = {
    announce: 'udp://one.example:80/announce',
    'announce-list': [
      ['udp://one.example:80/announce', 'http://two.example/announce'],
      ['ftp://three.example/', 'dht://', 'https://four.example/0123456789abcdef0123/announce'],
      ['https://five.example/announce?passkey=canary', 'https://u:canary@six.example/announce'],
      'wss://loose.example',
      ['wss://seven.example'],
    ],
    info,
  };
  assert.deepEqual(readTorrent(bencode(root)).trackers, [
    'udp://one.example:80/announce',
    'http://two.example/announce',
    'wss://seven.example',
  ]);
  const secret = readTorrent(bencode({ ...root, info: { ...info, private: 1 } }));
  assert.equal(secret.isPrivate, true);
  assert.deepEqual(secret.trackers, []);
});

function refuses(bytes: Uint8Array, why: RegExp): void {
  assert.throws(
    () => readTorrent(bytes),
    (error) =>
      error instanceof AppError && error.code === 'torrent.bad-file' && why.test(error.message),
  );
}

test('what is wrong with a file is said', () => {
  const info = { length: 1, name: 'a', pieces: PIECES };
  refuses(Buffer.from('<html>'), /unexpected byte at 0/);
  refuses(new Uint8Array(), /ends too early/);
  refuses(bencode({ info }).subarray(0, -5), /ends/);
  refuses(bencode({ info: 'x' }), /neither/);
  refuses(bencode({ announce: 'x' }), /no `info`/);
  refuses(bencode({ info: { ...info, pieces: 3 } }), /neither/);
  refuses(Buffer.from('d4:info99999999999:ae'), /malformed number/);
  refuses(Buffer.from('d4:infoi-ee'), /without digits/);
  refuses(Buffer.from('di1e1:ae'), /key/);
  refuses(Buffer.from('l'.repeat(1000)), /nested/);
  refuses(Buffer.from(`d4:info${'d1:a'.repeat(1000)}`), /nested/);
  refuses(Buffer.alloc(TORRENT_BYTES_MAX + 1), /larger/);
});

test('sizes of no sense are 0', () => {
  const lengths = [-1, 2n ** 60n, 'x', ['y']] as const;
  const files = lengths.map((length, at) => ({ length, path: [`${at}`] }));
  const torrent = readTorrent(bencode({ info: { files, name: 'a', pieces: PIECES } }));
  assert.deepEqual(
    torrent.files.map(({ sizeBytes }) => sizeBytes),
    [0, 0, 0, 0],
  );
});

test('a file of the largest size costs little, whatever it is made of', () => {
  const limitMs = 3000;
  const fillings = ['le', 'i1e', '0:', 'd0:lee', '1:ai1e', 'd4:pathlee'];
  for (const filling of fillings) {
    const space = TORRENT_BYTES_MAX - 40;
    const files = filling.repeat(Math.floor(space / filling.length));
    const clock = cpuClock();
    assert.throws(() => readTorrent(Buffer.from(`d4:infod5:filesl${files}eee`)), AppError);
    assert.ok(clock() < limitMs, `${filling}: ${clock()} ms`);
  }
});

test('any bytes are read or refused, and any truncation of a good file', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      assert.throws(() => readTorrent(bytes), AppError);
    }),
  );
  const good = bencode({
    announce: 'udp://one.example:80',
    info: { files: [file(1, 'a', 'b'), file(2, 'c')], name: 'd', pieces: PIECES },
  });
  fc.assert(
    fc.property(
      fc.nat(good.byteLength - 1),
      fc.array(fc.tuple(fc.nat(good.byteLength - 1), fc.nat(255)), { maxLength: 3 }),
      (length, changes) => {
        const bytes = Buffer.from(good);
        for (const [at, value] of changes) bytes[at] = value;
        for (const odd of [bytes, good.subarray(0, length)]) {
          try {
            readTorrent(odd);
          } catch (error) {
            assert.ok(error instanceof AppError, String(error));
          }
        }
      },
    ),
  );
});

test('every tree of files is listed whole, with its hash', () => {
  const part = fc.stringMatching(/^[a-zé ]{1,8}$/).map((name) => `n${name}`);
  const listed = fc.array(fc.tuple(fc.nat(1e9), fc.array(part, { minLength: 1, maxLength: 4 })), {
    minLength: 1,
    maxLength: 30,
  });
  fc.assert(
    fc.property(listed, fc.string(), (entries, comment) => {
      const info = {
        files: entries.map(([length, path]) => ({ length, path })),
        name: 'x',
        pieces: PIECES,
        comment,
      };
      const torrent = readTorrent(bencode({ comment, info }));
      assert.equal(torrent.infohash, sha('sha1', info));
      assert.deepEqual(
        torrent.files.map(({ path, sizeBytes }) => [sizeBytes, path]),
        entries.map(([length, path]) => [length, path.map((name) => name.trim()).join('/')]),
      );
    }),
  );
});
