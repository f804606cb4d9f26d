/** The id of a request is in calls to the operator's servers, not in those to servers of users. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CancelController,
  NEVER_CANCELLED,
  type CancelSignal,
} from '../../../../src/lib/async/cancel.ts';
import { Deadline } from '../../../../src/lib/async/deadline.ts';
import { SingleFlight } from '../../../../src/lib/async/single-flight.ts';
import { RequestTrace } from '../../../../src/lib/trace/request-trace.ts';
import type { Fetcher } from '../../../../src/platform/fetch/fetcher.ts';
import { createUpstreams } from '../../../../src/platform/upstream/upstreams.ts';
import { createTestLogger } from '../../../support/test-logger.ts';

const requestOf = (id: string) => new CancelController(new RequestTrace(id, 0)).signal;

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
    timeoutMs: 5000,
    bodyBytesMax: 10,
  };
  const ours = upstreams.open({ ...limits, name: 'ours', isPersonal: false });
  const theirs = upstreams.open({ ...limits, name: 'theirs', isPersonal: true });
  await ours.request({ ...call, signal: requestOf('request-2') });
  await theirs.request({ ...call, signal: requestOf('request-3') });
  await ours.request({ ...call, signal: NEVER_CANCELLED });
  assert.deepEqual(sent, ['request-2', undefined, undefined]);
});

test('work that is shared or has a limit of its own goes by the id of whoever began it', async () => {
  const flights = new SingleFlight<string | undefined>({
    flightTimeoutMs: 5000,
    keysMax: 5,
    waitersMax: 5,
    attemptsMax: 1,
  });
  const task = async (flight: CancelSignal) => {
    using limit = new Deadline({ timeoutMs: 5000, parent: flight, failure: () => new Error() });
    return limit.signal.requestId;
  };
  const first = flights.run('key', task, requestOf('request-4'));
  const second = flights.run('key', task, requestOf('request-5'));
  assert.deepEqual(await Promise.all([first, second]), ['request-4', 'request-4']);
  await flights[Symbol.asyncDispose]();
});
