/** Protects the measurement of servers that were there before: their requests, failures and processes are counted rightly. */
import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { processListeningOn } from '../../../perf/compare/listening-process.ts';
import { loadTarget } from '../../../perf/compare/target-load.ts';
import { freePort } from '../../support/free-port.ts';

async function serving(answer: RequestListener) {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

const isLinux = process.platform === 'linux';

test(
  'the process that listens on a port is found; none where nobody listens',
  { skip: !isLinux },
  async () => {
    await using server = await serving((_, response) => response.end());
    assert.equal(processListeningOn(server.port), process.pid);
    assert.equal(processListeningOn(await freePort()), null);
  },
);

test('every path is asked below the base URL, in chunks or not, and counted with its latency', async () => {
  const asked = new Map<string, number>();
  await using server = await serving((request, response) => {
    asked.set(request.url ?? '', (asked.get(request.url ?? '') ?? 0) + 1);
    response.write('{"streams":');
    response.end('[]}');
  });
  const result = await loadTarget({
    target: { baseUrl: `http://127.0.0.1:${server.port}/D-abc`, pid: null },
    paths: ['/a.json', '/b.json'],
    headers: {},
    connections: 4,
    durationS: 0.3,
    signal: new AbortController().signal,
  });
  assert.deepEqual([...asked.keys()].toSorted(), ['/D-abc/a.json', '/D-abc/b.json']);
  assert.equal(result.failed, 0);
  assert.ok(result.succeeded > 4, `${result.succeeded} answers`);
  assert.ok((result.latency?.p50 ?? 0) > 0);
  assert.equal(JSON.parse(JSON.stringify(result)).server.cpuMicrosPerRequest, null);
});

test('errors of a target are failures, not answers', async () => {
  await using server = await serving((_, response) => response.writeHead(500).end());
  const result = await loadTarget({
    target: { baseUrl: `http://127.0.0.1:${server.port}`, pid: null },
    paths: ['/a.json'],
    headers: {},
    connections: 2,
    durationS: 0.1,
    signal: new AbortController().signal,
  });
  assert.equal(result.succeeded, 0);
  assert.ok(result.failed > 0);
});
