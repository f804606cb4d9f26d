import assert from 'node:assert/strict';
import { createServer, connect } from 'node:net';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import {
  CommandTimeout,
  withCommandDeadline,
} from '../../../../src/platform/redis/command-deadline.ts';

const never = new AbortController().signal;

describe('withCommandDeadline', () => {
  it('rejects a command without a reply', async () => {
    await assert.rejects(
      withCommandDeadline(new Promise(() => undefined), 10, never),
      CommandTimeout,
    );
  });

  it('rejects with the reason of the signal', async () => {
    const control = new AbortController();
    const waiting = withCommandDeadline(new Promise(() => undefined), 10_000, control.signal);
    control.abort(new Error('gone'));
    await assert.rejects(waiting, /gone/);
  });

  it('takes a reply that arrived while the event loop was stalled', async () => {
    // The reply is in the kernel, then the process is busy past the deadline: the timer is due first.
    await using server = createServer((socket) => {
      socket.end('reply');
      const until = Date.now() + 120;
      while (Date.now() < until) {
        /* a long synchronous task */
      }
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    assert.ok(address !== null && typeof address === 'object');
    const socket = connect(address.port, '127.0.0.1');
    const reply = withCommandDeadline(once(socket, 'data'), 40, never);
    assert.equal(String((await reply)[0]), 'reply');
    socket.destroy();
  });
});
