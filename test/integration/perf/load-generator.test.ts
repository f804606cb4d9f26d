/** Protects the load generator: what was due is counted, waiting counts from the due time, nothing is lost or invented. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { runClosedLoad } from '../../../perf/harness/closed-load.ts';
import { runLoadPlan } from '../../../perf/harness/generator.ts';
import type { LoadPlan, LoadTick } from '../../../perf/harness/load-plan.ts';
import { CHRT } from '../../../perf/harness/pinned.ts';
import { ControlClient } from '../../../perf/harness/control-client.ts';
import { generator as loadGenerator } from '../../../perf/load.ts';

interface Target extends AsyncDisposable {
  readonly port: number;
  readonly sockets: Set<Socket>;
}

async function target(listener: RequestListener): Promise<Target> {
  const sockets = new Set<Socket>();
  const server = createServer(listener);
  server.keepAliveTimeout = 60_000;
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    sockets,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const answer: RequestListener = (_request, response) => {
  response.writeHead(200, { 'Content-Length': 5 }).end('hello');
};

function plan(port: number, more: Partial<LoadPlan>): LoadPlan {
  return {
    port,
    loop: 'open',
    ratePerS: 200,
    durationS: 2,
    connections: 4,
    connectionsMax: 64,
    newConnectionEach: false,
    paths: ['/a'],
    order: [],
    startAt: 0,
    headers: {},
    leadInS: 0,
    graceS: 60,
    ...more,
  };
}

const hasWrk = loadGenerator === 'wrk';
const ticks: LoadTick[] = [];
const listener = {
  connected: () => Promise.resolve(),
  counting: () => Promise.resolve(),
  tick: (tick: LoadTick) => void ticks.push(tick),
};
const signal = AbortSignal.timeout(1_200_000);

describe('the open loop', () => {
  test('sends what is due, asks in the given order, and goes on where it stopped', async () => {
    const seen: string[] = [];
    await using server = await target((request, response) => {
      seen.push(request.url ?? '');
      answer(request, response);
    });
    ticks.length = 0;
    const report = await runLoadPlan(
      plan(server.port, {
        paths: ['/a', '/b', '/c'],
        order: [2, 0, 2, 1],
        startAt: 1,
        connections: 1,
        connectionsMax: 1,
      }),
      listener,
      signal,
    );
    assert.deepEqual(
      [report.due, report.succeeded, report.shed, report.failures],
      [400, 400, 0, {}],
    );
    assert.deepEqual(seen.slice(0, 5), ['/a', '/c', '/b', '/c', '/a']);
    assert.equal(report.endAt, 401);
    assert.ok(report.elapsedS >= 2 && report.elapsedS < 30, String(report.elapsedS));
    const ticked = ticks.reduce((sum, { succeeded }) => sum + succeeded, 0);
    assert.ok(
      ticks.length >= 1 && ticked > 100 && ticked <= 400,
      `${ticked} in ${ticks.length} ticks, one a second`,
    );
    assert.ok(
      report.latency !== null && report.latency.p50 > 0 && report.latency.p50 <= report.latency.p99,
    );
  });

  test('a stall of the server is in the latency of everything that was due in it, also over one connection', async () => {
    let stalledFrom = 0;
    const startedAt = performance.now();
    await using server = await target((request, response) => {
      const at = performance.now() - startedAt;
      if (stalledFrom === 0 && at > 2000) stalledFrom = performance.now();
      const waitMs = stalledFrom === 0 ? 0 : stalledFrom + 1800 - performance.now();
      if (waitMs <= 0) answer(request, response);
      else setTimeout(() => answer(request, response), waitMs);
    });
    const report = await runLoadPlan(
      plan(server.port, { connections: 1, connectionsMax: 1, ratePerS: 100, durationS: 6 }),
      listener,
      signal,
    );
    assert.equal(report.succeeded, 600);
    // 180 of 600 were due in the stall and waited 0 to 1,800 ms; a generator that waits itself would report one of them.
    assert.ok((report.latency?.p90 ?? 0) > 600_000, `p90 ${report.latency?.p90} µs`);
    assert.ok((report.latency?.p50 ?? Infinity) < 600_000, `p50 ${report.latency?.p50} µs`);
  });

  test('what was due in the lead-in is not counted, however late it is answered', async () => {
    let count = 0;
    await using server = await target((request, response) => {
      count += 1;
      // The lead-in's last answers come when counting has begun.
      if (count <= 100) setTimeout(() => answer(request, response), 5000);
      else answer(request, response);
    });
    const report = await runLoadPlan(
      plan(server.port, { leadInS: 0.5, durationS: 1, connectionsMax: 300 }),
      listener,
      signal,
    );
    assert.deepEqual([report.due, report.succeeded, report.failures], [200, 200, {}]);
    assert.ok((report.latency?.max ?? Infinity) < 3_000_000, `${report.latency?.max} µs`);
    assert.ok(count >= 295 && count <= 305, `${count} requests were sent`);
  });

  test('opens connections while all are busy, up to the limit', async () => {
    await using server = await target((request, response) => {
      setTimeout(() => answer(request, response), 200);
    });
    const report = await runLoadPlan(
      plan(server.port, { connections: 2, connectionsMax: 30 }),
      listener,
      signal,
    );
    assert.equal(report.connectionsOpened, 30);
    assert.equal(server.sockets.size, 30);
  });

  test('tells refusals, failures and lost answers apart', async () => {
    let count = 0;
    await using server = await target((request, response) => {
      count += 1;
      if (count % 10 === 1)
        response.writeHead(503, { 'Retry-After': '1', 'Content-Length': 0 }).end();
      else if (count % 10 === 2) response.writeHead(503, { 'Content-Length': 0 }).end();
      else if (count % 10 === 3) response.writeHead(404, { 'Content-Length': 2 }).end('no');
      else if (count % 10 === 4) request.socket.destroy();
      else answer(request, response);
    });
    const report = await runLoadPlan(plan(server.port, { durationS: 1 }), listener, signal);
    assert.deepEqual([report.due, report.succeeded, report.shed], [200, 120, 20]);
    assert.deepEqual(report.failures, { 0: 20, 404: 20, 503: 20 });
    assert.ok(report.shedLatency !== null);
  });

  test('asks on its connections in turn: none is idle for long', async () => {
    const used = new Map<Socket, number>();
    await using server = await target((request, response) => {
      used.set(request.socket, (used.get(request.socket) ?? 0) + 1);
      answer(request, response);
    });
    await runLoadPlan(plan(server.port, { connections: 20, connectionsMax: 20 }), listener, signal);
    // 20 each where nothing is late; one that still waits is passed over.
    const [least, most] = [Math.min(...used.values()), Math.max(...used.values())];
    assert.ok(
      used.size === 20 && least >= 10 && most <= 30,
      `${used.size} connections, ${least} to ${most} requests each`,
    );
  });

  test('answers that never come are failures after the grace', async () => {
    await using server = await target((request, response) => {
      if (request.url === '/a') answer(request, response);
    });
    const report = await runLoadPlan(
      plan(server.port, { paths: ['/a', '/never'], durationS: 1, ratePerS: 20, graceS: 5 }),
      listener,
      signal,
    );
    assert.deepEqual([report.due, report.succeeded, report.failures], [20, 10, { 0: 10 }]);
  });

  test('a new connection for every request, when asked for', async () => {
    await using server = await target(answer);
    const report = await runLoadPlan(
      plan(server.port, { newConnectionEach: true, durationS: 1, ratePerS: 50 }),
      listener,
      signal,
    );
    assert.equal(report.succeeded, 50);
    assert.equal(server.sockets.size, 50);
  });

  test('an abort ends the generator; a server that is not there is one clear error', async () => {
    await using server = await target(answer);
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error('enough')), 500);
    const before = performance.now();
    await assert.rejects(
      runLoadPlan(plan(server.port, { durationS: 240 }), listener, stop.signal),
      /enough/,
    );
    assert.ok(performance.now() - before < 60_000);
    const { port } = server;
    await server[Symbol.asyncDispose]();
    await assert.rejects(
      runLoadPlan(plan(port, {}), listener, signal),
      /4 connections could not be opened.*ECONNREFUSED/,
    );
  });
});

describe('a control client', () => {
  test('is connected before it is told to begin, and asks only then', async () => {
    let asked = 0;
    await using server = await target((request, response) => {
      asked += 1;
      answer(request, response);
    });
    await using control = await ControlClient.start(
      plan(server.port, { durationS: 1, ratePerS: 100 }),
      signal,
    );
    await sleep(300);
    assert.equal(server.sockets.size, 4);
    assert.equal(asked, 0);
    control.begin();
    const report = await control.report();
    assert.deepEqual([report.succeeded, asked], [100, 100]);
  });

  test('that is not needed any more ends without having asked', async () => {
    let asked = 0;
    await using server = await target((request, response) => {
      asked += 1;
      answer(request, response);
    });
    const control = await ControlClient.start(plan(server.port, { durationS: 240 }), signal);
    const before = performance.now();
    await control[Symbol.asyncDispose]();
    assert.ok(performance.now() - before < 60_000);
    assert.equal(asked, 0);
    await assert.rejects(control.report(), /abort/i);
  });

  test('of a server that is not there is one clear error', async () => {
    const server = await target(answer);
    await server[Symbol.asyncDispose]();
    await assert.rejects(
      ControlClient.start(plan(server.port, {}), signal),
      /4 connections could not be opened.*ECONNREFUSED/,
    );
  });
});

describe('the priority of the generator', () => {
  const mayHave = spawnSync(CHRT, ['--rr', '1', 'true']).status === 0;

  test(
    'is real-time for its loop and its clock, and not for the threads of V8',
    { skip: mayHave ? false : 'needs the right to it' },
    () => {
      const module = JSON.stringify(
        new URL('../../../perf/harness/pinned.js', import.meta.url).href,
      );
      const { stdout } = spawnSync(
        process.execPath,
        [
          '--input-type=module',
          '--eval',
          `
      import { readdirSync, readFileSync } from 'node:fs';
      import { Worker } from 'node:worker_threads';
      const { goBeforeOthers } = await import(${module});
      const tasks = () => readdirSync('/proc/self/task').map(Number);
      const policyOf = (task) => Number(readFileSync('/proc/self/task/' + task + '/stat', 'utf8').split(') ').at(-1).split(' ')[38]);
      const before = tasks();
      goBeforeOthers(1);
      const worker = new Worker('setInterval(() => {}, 1000)', { eval: true });
      worker.once('online', () => {
        const later = tasks().filter((task) => !before.includes(task));
        const helpers = before.filter((task) => task !== process.pid);
        console.log(JSON.stringify({ loop: policyOf(process.pid), helpers: helpers.map(policyOf), later: later.map(policyOf) }));
        process.exit();
      });
    `,
        ],
        { encoding: 'utf8' },
      );
      const [SCHED_OTHER, SCHED_RR] = [0, 2];
      const policies = JSON.parse(stdout) as {
        readonly loop: number;
        readonly helpers: number[];
        readonly later: number[];
      };
      assert.equal(policies.loop, SCHED_RR);
      assert.deepEqual(new Set(policies.helpers), new Set([SCHED_OTHER]));
      assert.deepEqual(new Set(policies.later), new Set([SCHED_RR]));
    },
  );
});

describe('the other loops', () => {
  test('a burst asks once on every connection, all at the same moment', async () => {
    const answers: (() => void)[] = [];
    await using server = await target((request, response) => {
      answers.push(() => answer(request, response));
      // Nobody is answered before all have asked.
      if (answers.length === 100) for (const send of answers) send();
    });
    const report = await runLoadPlan(
      plan(server.port, { loop: 'burst', connections: 100, durationS: 1 }),
      listener,
      signal,
    );
    assert.deepEqual([report.due, report.succeeded], [100, 100]);
    assert.equal(answers.length, 100);
  });

  test('the closed loop keeps every connection busy', async () => {
    let [atOnce, atOnceMax] = [0, 0];
    await using server = await target((request, response) => {
      atOnceMax = Math.max(atOnceMax, ++atOnce);
      setTimeout(() => {
        atOnce -= 1;
        answer(request, response);
      }, 10);
    });
    const report = await runClosedLoad(
      'sluice',
      plan(server.port, { loop: 'closed', durationS: 1 }),
      listener,
      signal,
    );
    assert.equal(atOnceMax, 4);
    assert.ok(
      report.succeeded > 8 && report.succeeded <= 400,
      `${report.succeeded} by 4 connections with 10 ms each`,
    );
  });

  test('the closed loop with a new connection for every request', async () => {
    await using server = await target(answer);
    const closed = plan(server.port, { loop: 'closed', durationS: 1, newConnectionEach: true });
    const report = await runClosedLoad('wrk', closed, listener, signal);
    assert.ok(report.succeeded > 5, `${report.succeeded} succeeded`);
    assert.equal(server.sockets.size, report.succeeded);
  });

  test('autocannon asks for all paths in turn', async () => {
    const seen = new Map<string, number>();
    await using server = await target((request, response) => {
      seen.set(request.url ?? '', (seen.get(request.url ?? '') ?? 0) + 1);
      answer(request, response);
    });
    const closed = plan(server.port, { loop: 'closed', durationS: 1, paths: ['/a', '/b', '/c'] });
    const report = await runClosedLoad('autocannon', closed, listener, signal);
    const counts = [...seen.values()];
    assert.deepEqual([...seen.keys()].toSorted(), ['/a', '/b', '/c']);
    assert.ok(
      Math.max(...counts) - Math.min(...counts) <= closed.connections,
      JSON.stringify(counts),
    );
    assert.ok(report.succeeded > 0 && Object.keys(report.failures).length === 0);
  });

  for (const generator of ['autocannon', 'wrk'] as const) {
    test(
      `${generator} goes on where the last round stopped`,
      { skip: generator === 'wrk' && !hasWrk },
      async () => {
        const seen: string[] = [];
        await using server = await target((request, response) => {
          seen.push(request.url ?? '');
          answer(request, response);
        });
        const closed = plan(server.port, {
          loop: 'closed',
          durationS: 1,
          connections: 1,
          paths: ['/a', '/b', '/c'],
          order: [2, 0, 2, 1],
          startAt: 5,
        });
        const report = await runClosedLoad(generator, closed, listener, signal);
        assert.deepEqual(seen.slice(0, 4), ['/a', '/c', '/b', '/c']);
        assert.equal(report.endAt, 5 + report.succeeded);
      },
    );
  }
});
