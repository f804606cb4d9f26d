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
/** Asked by each without reading: more than kernel buffers hold. */
const REQUESTS_EACH = 1000;
const RATE_PER_S = 2000;
const READ_EVERY_MS = 1000;
const MB = 1e6;

export const SLOW_CLIENTS: SpecialScenario = {
  name: 'slow-clients',
  description: `stream-repeat at ${RATE_PER_S} req/s, alone and beside ${CLIENTS} clients that ask ${REQUESTS_EACH} times and read little.`,
  needs: { seed: false, redis: false },
  run,
};

async function run(bench: Bench): Promise<Outcome> {
  const { needs } = SLOW_CLIENTS;
  await using server = await startScenarioServer({ environment: { SECRET_KEY: PERF_SECRET_KEY }, needs }, bench.data);
  const target: Target = { server, requests: { paths: [HEAVY_STREAM_PATH] }, needs, position: 0 };
  await warmUp(bench, target, 2);
  const alone = await runPhase(bench, target, { name: 'alone', loop: 'open', ratePerS: RATE_PER_S });
  using slow = new SlowClients(server.port);
  const beside = await runPhase(bench, target, { name: `beside ${CLIENTS} slow clients`, loop: 'open', ratePerS: RATE_PER_S });
  const peak = (phase: typeof alone) => medianOf(phase.result, ({ server: use }) => use.rssPeakBytes);
  return {
    phases: [alone.result, beside.result],
    checks: [
      atMost('p95 beside them', p95Ms(beside.result), 5, 'ms'),
      atMost('memory that they cost', (peak(beside) - peak(alone)) / MB, 100, 'MB'),
    ],
    warnings: [...warningsOf(alone), ...warningsOf(beside), ...slow.complaints()],
  };
}

/** They live in this process, which is idle while the generator runs. */
class SlowClients implements Disposable {
  readonly #sockets: readonly Socket[];
  readonly #timer: NodeJS.Timeout;

  constructor(port: number) {
    const request = `GET /stream/movie/${HEAVIEST_TITLE}.json HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`;
    this.#sockets = Array.from({ length: CLIENTS }, () => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.pause();
        socket.write(request.repeat(REQUESTS_EACH));
      });
      // The server closes who reads too slowly: that is its right.
      return socket.on('error', () => undefined).on('data', () => socket.pause());
    });
    this.#timer = setInterval(() => {
      for (const socket of this.#sockets) socket.resume();
    }, READ_EVERY_MS);
  }

  /** Who was closed was no slow client any more when the round ended. */
  complaints(): readonly string[] {
    const gone = this.#sockets.filter((socket) => socket.destroyed).length;
    return gone === 0 ? [] : [`${gone} of ${CLIENTS} slow clients were cut off by the server in the meantime`];
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    for (const socket of this.#sockets) socket.destroy();
  }
}
