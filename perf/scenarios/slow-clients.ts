/** Two hundred clients that ask and hardly read must cost neither memory nor the others' time. */
import { connect, type Socket } from 'node:net';
import { HEAVIEST_TITLE } from '../ceiling-cases.ts';
import { PERF_SECRET_KEY } from '../install-tokens.ts';
import { atMost, medianOf, p95Ms } from './figures.ts';
import { HEAVY_STREAM_PATH } from './paths.ts';
import { runPhase, warmUp, warningsOf, type Target } from './phases.ts';
import type { Bench, Outcome, SpecialScenario } from './scenario.ts';
import { startScenarioServer } from './standard.ts';

const CLIENTS = 200;
/** Asked by each slow reader at once: what kernel buffers hold, so that the server is done and only they are slow. */
const REQUESTS_EACH = 40;
const RATE_PER_S = 2000;
const STEP_EVERY_MS = 1000;
const MB = 1e6;

export const SLOW_CLIENTS: SpecialScenario = {
  name: 'slow-clients',
  description: `stream-repeat at ${RATE_PER_S} req/s, alone and beside ${CLIENTS} clients that send a byte or read a chunk a second.`,
  needs: { seed: false, redis: false },
  run,
};

async function run(bench: Bench): Promise<Outcome> {
  const { needs } = SLOW_CLIENTS;
  await using server = await startScenarioServer(
    { environment: { SECRET_KEY: PERF_SECRET_KEY }, needs },
    bench.data,
  );
  const target: Target = { server, requests: { paths: [HEAVY_STREAM_PATH] }, needs, position: 0 };
  await warmUp(bench, target, 2);
  const alone = await runPhase(bench, target, {
    name: 'alone',
    loop: 'open',
    ratePerS: RATE_PER_S,
  });
  using _slow = new SlowClients(server.port);
  const beside = await runPhase(bench, target, {
    name: `beside ${CLIENTS} slow clients`,
    loop: 'open',
    ratePerS: RATE_PER_S,
  });
  const peak = (phase: typeof alone) =>
    medianOf(phase.result, ({ server: use }) => use.rssPeakBytes);
  return {
    phases: [alone.result, beside.result],
    checks: [
      atMost('p95 beside them', p95Ms(beside.result), 5, 'ms'),
      atMost('memory that they cost', (peak(beside) - peak(alone)) / MB, 100, 'MB'),
    ],
    warnings: [...warningsOf(alone), ...warningsOf(beside)],
  };
}

/** They live in this process, which is idle while the generator runs. Who is cut off comes again. */
class SlowClients implements Disposable {
  readonly #clients: readonly SlowClient[];
  readonly #timer: NodeJS.Timeout;

  constructor(port: number) {
    this.#clients = Array.from(
      { length: CLIENTS },
      (_, index) => new SlowClient(port, index % 2 === 0 ? 'sender' : 'reader'),
    );
    this.#timer = setInterval(() => {
      for (const client of this.#clients) client.step();
    }, STEP_EVERY_MS);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    for (const client of this.#clients) client.close();
  }
}

class SlowClient {
  readonly #port: number;
  readonly #kind: 'sender' | 'reader';
  #socket: Socket;
  #sentChars = 0;

  constructor(port: number, kind: 'sender' | 'reader') {
    this.#port = port;
    this.#kind = kind;
    this.#socket = this.#connect();
  }

  /** A sender's next byte, a reader's next chunk. */
  step(): void {
    if (this.#socket.destroyed) this.#socket = this.#connect();
    else if (this.#kind === 'reader') this.#socket.resume();
    else this.#socket.write(this.#request.charAt(this.#sentChars++ % this.#request.length));
  }

  close(): void {
    this.#socket.destroy();
  }

  get #request(): string {
    return `GET /stream/movie/${HEAVIEST_TITLE}.json HTTP/1.1\r\nHost: 127.0.0.1:${this.#port}\r\n\r\n`;
  }

  #connect(): Socket {
    this.#sentChars = 0;
    const socket = connect(this.#port, '127.0.0.1', () => {
      if (this.#kind === 'reader') socket.pause().write(this.#request.repeat(REQUESTS_EACH));
    });
    // The server closes who is too slow: that is its right.
    return socket.on('error', () => undefined).on('data', () => socket.pause());
  }
}
