/** Viewers of a chat, in a process of their own: open WebSockets, count what comes and how late it is. Spoken to over IPC. */
import { connect, type Socket } from 'node:net';
import type { ViewersOrder, ViewersReport } from './viewers.ts';

/** Of the histogram of delays, in milliseconds. */
const GRAIN_MS = 0.1;
const DELAYS = 100_000;
const TEXT_MARK = Buffer.from('"text":"');
const OPENING_AT_A_TIME = 100;
const AGAIN_MS = 100;
const PONG = Buffer.from([0x8a, 0x80, 0, 0, 0, 0]);
const PING = 9;
const TEXT = 1;

const delays = new Uint32Array(DELAYS);
let received = 0;
let gone = 0;
let refused = 0;

class Viewer {
  /** Bytes of the present frame that are still to come. */
  #skip = 0;
  /** The beginning of a frame whose head is not whole. */
  #rest: Buffer | null = null;
  #isOpen = false;
  readonly #socket: Socket;
  readonly #answered: (isGranted: boolean) => void;

  constructor(socket: Socket, answered: (isGranted: boolean) => void) {
    this.#socket = socket;
    this.#answered = answered;
    socket.on('data', (chunk) => this.#hear(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (this.#isOpen) gone++;
    });
  }

  #hear(bytes: Buffer): void {
    const chunk = this.#rest === null ? bytes : Buffer.concat([this.#rest, bytes]);
    this.#rest = null;
    let at = this.#skip;
    if (!this.#isOpen) {
      const end = chunk.indexOf('\r\n\r\n');
      if (end < 0) {
        this.#rest = chunk;
        return;
      }
      this.#isOpen = chunk.toString('latin1', 9, 12) === '101';
      this.#answered(this.#isOpen);
      if (!this.#isOpen) return;
      at = end + 4;
    }
    while (at < chunk.length) {
      if (chunk.length - at < 4) {
        this.#rest = Buffer.from(chunk.subarray(at));
        break;
      }
      at = this.#frame(chunk, at);
    }
    this.#skip = Math.max(0, at - chunk.length);
  }

  /** @returns where the next frame begins */
  #frame(chunk: Buffer, at: number): number {
    const short = (chunk[at + 1] ?? 0) & 127;
    const start = short === 126 ? at + 4 : at + 2;
    const end = start + (short === 126 ? chunk.readUInt16BE(at + 2) : short);
    const opcode = (chunk[at] ?? 0) & 15;
    if (opcode === PING) this.#socket.write(PONG);
    if (opcode === TEXT && end <= chunk.length) count(chunk, start, end);
    else if (opcode === TEXT) received++;
    return end;
  }
}

/** The text of a message is when it was said, in milliseconds since 1970. */
function count(chunk: Buffer, start: number, end: number): void {
  received++;
  const mark = chunk.indexOf(TEXT_MARK, start);
  if (mark < 0 || mark >= end) return;
  const from = mark + TEXT_MARK.length;
  const saidAtMs = Number(chunk.toString('latin1', from, chunk.indexOf(0x22, from)));
  const delayMs = performance.timeOrigin + performance.now() - saidAtMs;
  const cell = Math.min(DELAYS - 1, Math.max(0, Math.round(delayMs / GRAIN_MS)));
  delays[cell] = (delays[cell] ?? 0) + 1;
}

/** As clients do, it comes again where the server has too much to do at once. */
async function open(port: number, path: string, at: number): Promise<void> {
  while (!(await ask(port, path, at))) {
    refused++;
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}

/** Whether the WebSocket was granted. */
function ask(port: number, path: string, at: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    new Viewer(socket, (isGranted) => {
      if (!isGranted) socket.destroy();
      resolve(isGranted);
    });
    socket.once('error', reject);
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n' +
        `X-Forwarded-For: 10.1.${at >> 8}.${at & 255}\r\n\r\n`,
    );
  });
}

async function openAll({ port, path, viewers }: ViewersOrder): Promise<void> {
  for (let at = 0; at < viewers; at += OPENING_AT_A_TIME) {
    const some = Math.min(OPENING_AT_A_TIME, viewers - at);
    await Promise.all(Array.from({ length: some }, (_, nth) => open(port, path, at + nth)));
  }
}

function delayAt(share: number): number {
  const total = delays.reduce((sum, one) => sum + one, 0);
  let seen = 0;
  for (const [cell, number] of delays.entries()) {
    seen += number;
    if (seen >= total * share && total > 0) return cell * GRAIN_MS;
  }
  return Number.NaN;
}

function report(): ViewersReport {
  const figures = { received, gone, refused, p50Ms: delayAt(0.5), p95Ms: delayAt(0.95) };
  received = 0;
  delays.fill(0);
  return figures;
}

process.on('message', (order: ViewersOrder | 'report') => {
  if (order === 'report') process.send?.(report());
  else
    openAll(order).then(
      () => process.send?.('open'),
      (error: unknown) => process.send?.(String(error)),
    );
});
process.on('disconnect', () => process.exit(0));
