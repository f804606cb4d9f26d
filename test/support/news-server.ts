/** A news server (RFC 3977) on loopback with the posts of one file, encoded with yEnc, and the NZB that names them. */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { crc32 } from 'node:zlib';

export interface NewsServer extends AsyncDisposable {
  readonly port: number;
  /** Names the posts. */
  readonly nzb: string;
}

const PART_BYTES = 40_000;
const LINE_CHARS = 128;
const GROUP = 'alt.binaries.test';
/** NUL, LF, CR and the escape itself. */
const CRITICAL: ReadonlySet<number> = new Set([0, 10, 13, 61]);

export async function startNewsServer(name: string, content: Buffer): Promise<NewsServer> {
  const posts = new Map<string, Buffer>();
  const total = Math.ceil(content.byteLength / PART_BYTES);
  for (let part = 1; part <= total; part++)
    posts.set(`<part${part}@sluice.test>`, postOf(name, content, part, total));
  const sockets = new Set<Socket>();
  const news = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).once('close', () => sockets.delete(socket));
    serve(socket, posts);
  });
  const nzb = nzbOf(name, posts);
  return {
    port: await listening(news),
    nzb,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => news.close(resolve));
    },
  };
}

function serve(socket: Socket, posts: ReadonlyMap<string, Buffer>): void {
  let received = '';
  socket.write('200 ready\r\n');
  socket.on('data', (piece: Buffer) => {
    received += piece.toString('latin1');
    for (let end = received.indexOf('\r\n'); end !== -1; end = received.indexOf('\r\n')) {
      answer(socket, received.slice(0, end), posts);
      received = received.slice(end + 2);
    }
  });
}

function answer(socket: Socket, line: string, posts: ReadonlyMap<string, Buffer>): void {
  const [command = '', id = ''] = line.split(' ');
  const post = posts.get(id);
  switch (command.toUpperCase()) {
    case 'GROUP':
      return void socket.write(`211 1 1 1 ${GROUP}\r\n`);
    case 'MODE':
      return void socket.write('200 ok\r\n');
    case 'BODY':
    case 'ARTICLE': {
      if (post === undefined) return void socket.write('430 no such article\r\n');
      const isBody = command.toUpperCase() === 'BODY';
      const head = isBody ? '' : `Message-ID: ${id}\r\nNewsgroups: ${GROUP}\r\n\r\n`;
      socket.write(`${isBody ? 222 : 220} 0 ${id}\r\n${head}`);
      socket.write(post);
      return void socket.write('.\r\n');
    }
    case 'QUIT':
      return void socket.end('205 bye\r\n');
    default:
      return void socket.write('500 what\r\n');
  }
}

function postOf(name: string, content: Buffer, part: number, total: number): Buffer {
  const begin = (part - 1) * PART_BYTES;
  const bytes = content.subarray(begin, begin + PART_BYTES);
  const crc = crc32(bytes).toString(16).padStart(8, '0');
  const end = begin + bytes.byteLength;
  return Buffer.concat([
    Buffer.from(
      `=ybegin part=${part} total=${total} line=${LINE_CHARS} size=${content.byteLength} name=${name}\r\n` +
        `=ypart begin=${begin + 1} end=${end}\r\n`,
    ),
    encoded(bytes),
    Buffer.from(`=yend size=${bytes.byteLength} part=${part} pcrc32=${crc}\r\n`),
  ]);
}

/** In lines; a point at the beginning of one is doubled. */
function encoded(bytes: Buffer): Buffer {
  const out: number[] = [];
  let column = 0;
  for (const byte of bytes) {
    const value = (byte + 42) & 255;
    if (column === 0 && value === 46) out.push(46);
    if (CRITICAL.has(value)) out.push(61, (value + 64) & 255);
    else out.push(value);
    if (++column < LINE_CHARS) continue;
    out.push(13, 10);
    column = 0;
  }
  if (column > 0) out.push(13, 10);
  return Buffer.from(out);
}

function nzbOf(name: string, posts: ReadonlyMap<string, Buffer>): string {
  const segments = [...posts].map(
    ([id, { byteLength }], index) =>
      `<segment bytes="${byteLength}" number="${index + 1}">${id.slice(1, -1)}</segment>`,
  );
  const subject = `&quot;${name}&quot; yEnc (1/${posts.size})`;
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n<nzb xmlns="http://www.newzbin.com/DTD/2003/nzb">' +
    `<file poster="a@sluice.test" date="1700000000" subject="${subject}">` +
    `<groups><group>${GROUP}</group></groups><segments>${segments.join('')}</segments></file></nzb>`
  );
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}
