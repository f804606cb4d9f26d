/**
 * A real HTTP server that plays somebody else's: answers by its protocol's rules, as fast and as badly as a script says for
 * each request, and keeps what it was asked.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sendFault, type Fault, type WholeAnswer } from './fault.ts';

export interface Asked {
  readonly method: string;
  /** Decoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** `performance.now()` of its arrival. */
  readonly atMs: number;
}

export interface Answer {
  /** 200 when absent. */
  readonly status?: number;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** Milliseconds: always the same, or drawn from a log-normal distribution with this median and 99th percentile. */
export type Latency = number | { readonly medianMs: number; readonly p99Ms: number };

/** How one request is treated. */
export interface Treatment {
  readonly latency?: Latency;
  readonly fault?: Fault;
}

/** The treatment of every request, or what decides it. */
export type Script = Treatment | ((asked: Asked) => Treatment);

export interface UpstreamOptions {
  /** Undefined is a 404. */
  readonly answer: (asked: Asked) => Answer | undefined | Promise<Answer | undefined>;
  /** A free one when absent. */
  readonly port?: number;
  readonly script?: Script;
}

const BODY_BYTES_MAX = 2 ** 20;
/** 99th percentile of the standard normal distribution. */
const Z99 = 2.326;

export class FakeUpstream implements AsyncDisposable {
  /** How requests are treated from now on. */
  script: Script;
  /** In the order of their arrival. */
  readonly asked: Asked[] = [];
  readonly #answer: UpstreamOptions['answer'];
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  readonly #timers = new Set<NodeJS.Timeout>();
  #underWay = 0;
  #mostUnderWay = 0;

  private constructor({ answer, script = {} }: UpstreamOptions) {
    this.#answer = answer;
    this.script = script;
  }

  /** Listens on loopback. */
  static async start(options: UpstreamOptions): Promise<FakeUpstream> {
    const upstream = new FakeUpstream(options);
    await new Promise<void>((resolve, reject) => {
      upstream.#server.once('error', reject);
      upstream.#server.listen(options.port ?? 0, '127.0.0.1', resolve);
    });
    return upstream;
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  /** Requests that have no whole answer yet and whose client has not gone away. */
  get underWay(): number {
    return this.#underWay;
  }

  /** Of `underWay`, since the start. */
  get mostUnderWay(): number {
    return this.#mostUnderWay;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#mostUnderWay = Math.max(this.#mostUnderWay, ++this.#underWay);
    response.once('close', () => this.#underWay--);
    // A client that goes away is nothing that a server complains about.
    response.on('error', () => {});
    const asked = await readAsked(request).catch(() => null);
    if (asked === null) return;
    this.asked.push(asked);
    const { latency = 0, fault } =
      typeof this.script === 'function' ? this.script(asked) : this.script;
    await this.#pause(drawn(latency));
    if (response.destroyed) return;
    const answer = wholeAnswer(await this.#answer(asked));
    const path = request.url ?? '/';
    const sent = [path, asked.body, ...Object.values(asked.headers)].join(' ');
    if (fault !== undefined) sendFault(fault, { response, path, answer, sent });
    else response.writeHead(answer.status, answer.headers).end(answer.body);
  }

  async #pause(latencyMs: number): Promise<void> {
    if (latencyMs <= 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        resolve();
      }, latencyMs);
      this.#timers.add(timer);
    });
  }
}

async function readAsked(request: IncomingMessage): Promise<Asked> {
  const atMs = performance.now();
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.byteLength;
    if (bytes > BODY_BYTES_MAX) throw new Error('a body that no protocol here has');
    pieces.push(piece);
  }
  const url = new URL(request.url ?? '/', 'http://fake');
  return {
    method: request.method ?? 'GET',
    path: decodeURIComponent(url.pathname),
    query: url.searchParams,
    headers: request.headers,
    body: Buffer.concat(pieces).toString(),
    atMs,
  };
}

function wholeAnswer(answer: Answer | undefined): WholeAnswer {
  const { status, contentType, headers, body } = answer ?? { status: 404, body: 'not found' };
  return {
    status: status ?? 200,
    headers: { 'content-type': contentType ?? 'text/plain; charset=utf-8', ...headers },
    body: Buffer.from(body ?? ''),
  };
}

function drawn(latency: Latency): number {
  if (typeof latency === 'number') return latency;
  const sigma = Math.log(latency.p99Ms / latency.medianMs) / Z99;
  const normal =
    Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
  return latency.medianMs * Math.exp(sigma * normal);
}

/** An answer in JSON. */
export function json(value: unknown, status = 200): Answer {
  return { status, contentType: 'application/json; charset=utf-8', body: JSON.stringify(value) };
}

/** An answer in XML. */
export function xml(body: string, status = 200): Answer {
  return { status, contentType: 'application/xml; charset=utf-8', body };
}
