/**
 * Loaded into a measured server by `node --import`: tells on file descriptor 3, when asked, what cannot be
 * seen from outside. It costs a timer of 10 ms. When whoever measures has gone, the server is told to stop.
 */
import { Socket } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Answer to `read`; delays are microseconds since the last `reset`. */
export interface ProbeReading {
  readonly loopDelayP99: number;
  readonly loopDelayMax: number;
  readonly handles: number;
  readonly heapUsedBytes: number;
}

const delay = monitorEventLoopDelay({ resolution: 10 });
delay.enable();

/** Opened before the server's own code runs; a wrong descriptor means that nobody measures. */
function answerOn(descriptor: number): void {
  const channel = new Socket({ fd: descriptor, readable: true, writable: true });
  channel.unref();
  channel.on('error', () => undefined);
  channel.on('data', (bytes: Buffer) => {
    if (bytes.toString() === 'reset\n') {
      delay.reset();
      return;
    }
    const reading: ProbeReading = {
      loopDelayP99: Math.round(delay.percentile(99) / 1000),
      loopDelayMax: Math.round(delay.max / 1000),
      handles: process.getActiveResourcesInfo().length,
      heapUsedBytes: process.memoryUsage().heapUsed,
    };
    channel.write(`${JSON.stringify(reading)}\n`);
  });
  channel.on('close', () => process.kill(process.pid, 'SIGTERM'));
}

// A process that a supervisor has started speaks to it there.
if (process.send === undefined) answerOn(3);
