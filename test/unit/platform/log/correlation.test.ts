/** The id of a request is in its log lines and in calls to the operator's servers; not in those of users, nor after the answer. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NEVER_CANCELLED } from '../../../../src/lib/async/cancel.ts';
import { enterTrace, leaveTrace, RequestTrace } from '../../../../src/lib/trace/request-trace.ts';
import type { Fetcher } from '../../../../src/platform/fetch/fetcher.ts';
import { createLogger } from '../../../../src/platform/log/pino-logger.ts';
import { createUpstreams } from '../../../../src/platform/upstream/upstreams.ts';
import { createTestLogger } from '../../../support/test-logger.ts';

/** What `work` does for a request with this id. */
function asRequest<T>(id: string, work: () => T): T {
  enterTrace(new RequestTrace(id, performance.now()));
  try {
    return work();
  } finally {
    leaveTrace();
  }
}

test('log lines of a request have its id, others have none', async () => {
  const lines: string[] = [];
  const logger = createLogger(
    { level: 'info', format: 'json' },
    { write: (line) => void lines.push(line) },
  );
  await asRequest('request-1', async () => {
    logger.info({}, 'at once');
    await new Promise((resolve) => setImmediate(resolve));
    logger.child({ cache: 'sets' }).warn({}, 'later');
  });
  logger.info({}, 'of nobody');
  const ids = lines.map((line) => (JSON.parse(line) as { requestId?: string }).requestId);
  assert.deepEqual(ids, ['request-1', 'request-1', undefined]);
});

test("calls to the operator's servers carry it, those to servers of users do not", async () => {
  const sent: (string | undefined)[] = [];
  const fetcher = {
    fetchBytes: (_url: string, { headers = {} }: { headers?: Record<string, string> }) => {
      sent.push(headers['x-request-id']);
      return Promise.resolve({ status: 200, header: () => '', bytes: new Uint8Array() });
    },
  } as unknown as Fetcher;
  const upstreams = createUpstreams({
    fetcher,
    redis: null,
    processes: 1,
    logger: createTestLogger(),
  });
  const limits = {
    callsPerMinute: 600,
    burst: 10,
    concurrencyMax: 5,
    proxyUrl: null,
    credential: '',
  };
  const call = {
    url: 'http://127.0.0.1/',
    signal: NEVER_CANCELLED,
    timeoutMs: 5000,
    bodyBytesMax: 10,
  };
  const ours = upstreams.open({ ...limits, name: 'ours', isPersonal: false });
  const theirs = upstreams.open({ ...limits, name: 'theirs', isPersonal: true });
  await asRequest('request-2', () => ours.request(call));
  await asRequest('request-3', () => theirs.request(call));
  await ours.request(call);
  assert.deepEqual(sent, ['request-2', undefined, undefined]);
});
