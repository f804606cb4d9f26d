/**
 * One run of the load generator. In the open loop latency counts from the moment at which a request was
 * due, not from when it could be sent: a server that stalls for a second delays everything that was due
 * in it, and that is in the figures (Gil Tene's "coordinated omission").
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection, type Answer, type ConnectionOwner } from './connection.ts';
import { Fifo } from './fifo.ts';
import { LatencyHistogram } from './latency-histogram.ts';
import { Pacer } from './pacer.ts';
import type { LoadPlan, LoadReport, LoadTick } from './load-plan.ts';

/** Wake-ups of the open loop: often enough for a rate, and not so often that they are the load. */
const TICK_MS_MIN = 0.2;
const TICK_MS_MAX = 0.5;
const LOOK_EVERY_MS = 2;
/** Due but not sent, because every connection is busy; one more counts as failed. */
const WAITING_MAX = 200_000;
const NEVER_ANSWERED = 0;

/** When the requests of the open loop are due. */
interface Schedule {
  readonly beginsAtMs: number;
  readonly intervalMs: number;
  readonly total: number;
  next: number;
}

const NOTHING_DUE: Schedule = { beginsAtMs: 0, intervalMs: 0, total: 0, next: 0 };

export class LoadRun implements ConnectionOwner {
  readonly #plan: LoadPlan;
  readonly #onTick: (tick: LoadTick) => void;
  readonly #requests: readonly Uint8Array[];
  readonly #connections = new Set<Connection>();
  /** In turn: of those that were used last, the others would be idle until the server closes them, thousands at a time. */
  readonly #free = new Fifo<Connection>();
  readonly #latency = new LatencyHistogram();
  readonly #shedLatency = new LatencyHistogram();
  readonly #secondLatency = new LatencyHistogram();
  readonly #sendLateness = new LatencyHistogram();
  readonly #failures = new Map<number, number>();
  /** Due times of requests that wait for a connection. */
  readonly #waiting = new Fifo<number>();
  /** Of the open loop. */
  #pacer: Pacer | null = null;
  #schedule = NOTHING_DUE;
  #at: number;
  #due = 0;
  #succeeded = 0;
  #shed = 0;
  #failed = 0;
  #opened = 0;
  #receivedBytes = 0;
  /** What was due before is the lead-in. */
  #startedAtMs = 0;
  #lastAnswerAtMs = 0;
  #l2 = { index: 0, succeeded: 0, shed: 0 };
  #isOver = false;

  constructor(plan: LoadPlan, onTick: (tick: LoadTick) => void) {
    this.#plan = plan;
    this.#onTick = onTick;
    this.#at = plan.startAt;
    const lines = Object.entries({ Host: `127.0.0.1:${plan.port}`, ...plan.headers }).map(
      ([name, value]) => `${name}: ${value}\r\n`,
    );
    const close = plan.newConnectionEach ? 'Connection: close\r\n' : '';
    this.#requests = plan.paths.map((path) =>
      Buffer.from(`GET ${path} HTTP/1.1\r\n${lines.join('')}${close}\r\n`),
    );
  }

  /**
   * Opens the connections and starts the clock: the clock's thread takes 0.8 s to start beside a generator at full load.
   * Rejects when the server refuses one of the connections.
   */
  async prepare(): Promise<void> {
    const { loop, ratePerS, tickMs } = this.#plan;
    if (loop === 'open') {
      this.#pacer = new Pacer(
        tickMs ?? Math.min(TICK_MS_MAX, Math.max(TICK_MS_MIN, 1000 / ratePerS)),
      );
      await this.#pacer.next();
    }
    if (this.#plan.newConnectionEach) return;
    for (let count = 0; count < this.#plan.connections; count++) {
      const connection = this.#open();
      await connection.opened;
      this.#free.push(connection);
    }
  }

  /** @param onCounting called when the lead-in is over */
  async run(onCounting: () => void): Promise<LoadReport> {
    await using pacer = this.#pacer;
    if (pacer === null) return await this.#count(onCounting, () => sleep(LOOK_EVERY_MS));
    const { leadInS } = this.#plan;
    const pause = () => pacer.next();
    if (leadInS > 0) await this.#leadIn(leadInS, pause);
    return await this.#count(onCounting, pause);
  }

  /** @param pause resolves when it is time to look at the clock again */
  async #count(onCounting: () => void, pause: () => Promise<void>): Promise<LoadReport> {
    const { loop, durationS, graceS } = this.#plan;
    onCounting();
    const cpuBefore = process.cpuUsage();
    this.#startedAtMs = performance.now();
    this.#lastAnswerAtMs = this.#startedAtMs;
    if (loop === 'burst')
      for (let count = this.#plan.connections; count > 0; count--)
        this.#becomeDue(this.#startedAtMs);
    else if (loop === 'closed') this.#beginClosedLoop();
    await this.#turn(this.#startedAtMs + durationS * 1000, graceS * 1000, pause);
    const cpu = process.cpuUsage(cpuBefore);
    const elapsedS = Math.max(durationS, (this.#lastAnswerAtMs - this.#startedAtMs) / 1000, 1e-6);
    this.#finishSecond(Infinity);
    this.#isOver = true;
    const missing = this.#due - this.#succeeded - this.#shed - this.#failed;
    if (missing > 0) this.#fail(NEVER_ANSWERED, missing);
    for (const connection of this.#connections) connection.close();
    return {
      elapsedS,
      due: this.#due,
      succeeded: this.#succeeded,
      shed: this.#shed,
      failures: Object.fromEntries(this.#failures),
      latency: this.#latency.summary(),
      shedLatency: this.#shedLatency.summary(),
      sendLatenessP99: this.#sendLateness.percentile(99) ?? 0,
      connectionsOpened: this.#opened,
      receivedBytes: this.#receivedBytes,
      cpuShare: (cpu.user + cpu.system) / 1e6 / ((performance.now() - this.#startedAtMs) / 1000),
      endAt: this.#at,
    };
  }

  answered(connection: Connection, answer: Answer): void {
    if (this.#isOver) return;
    const now = performance.now();
    if (connection.dueAtMs >= this.#startedAtMs)
      this.#record(answer, now - connection.dueAtMs, now);
    if (this.#plan.newConnectionEach) {
      this.#connections.delete(connection);
      connection.close();
      if (this.#plan.loop === 'closed' && now < this.#endsAtMs) this.#becomeDue(now);
      return;
    }
    const waiting = this.#waiting.shift();
    if (waiting !== undefined) {
      this.#send(connection, waiting);
    } else if (this.#plan.loop === 'closed' && now < this.#endsAtMs) {
      this.#askNext(connection, now);
    } else {
      this.#free.push(connection);
    }
    // Not only when the pacer is heard: a thousand answers that came at once take 20 ms.
    this.#issueDue(now);
  }

  lost(connection: Connection): void {
    if (this.#isOver) return;
    this.#connections.delete(connection);
    if (connection.isBusy && connection.dueAtMs >= this.#startedAtMs) this.#fail(NEVER_ANSWERED, 1);
    if (this.#plan.loop === 'closed' && performance.now() < this.#endsAtMs) void this.#replace();
  }

  received(bytes: number): void {
    this.#receivedBytes += bytes;
  }

  get #endsAtMs(): number {
    return this.#startedAtMs + this.#plan.durationS * 1000;
  }

  /** Connections that are opened for each request are not there yet. */
  #beginClosedLoop(): void {
    for (let free = this.#free.shift(); free !== undefined; free = this.#free.shift())
      this.#askNext(free, performance.now());
    if (!this.#plan.newConnectionEach) return;
    for (let count = this.#plan.connections; count > 0; count--) this.#becomeDue(performance.now());
  }

  /** The same rate, due at times that do not count. */
  async #leadIn(leadInS: number, pause: () => Promise<void>): Promise<void> {
    this.#startedAtMs = Infinity;
    const beginsAtMs = performance.now();
    this.#schedule = {
      beginsAtMs,
      intervalMs: 1000 / this.#plan.ratePerS,
      total: Infinity,
      next: 0,
    };
    for (let now = beginsAtMs; now < beginsAtMs + leadInS * 1000; now = performance.now()) {
      this.#issueDue(now);
      await pause();
    }
    this.#schedule = NOTHING_DUE;
    this.#sendLateness.reset();
    this.#due = 0;
    this.#receivedBytes = 0;
  }

  /** Until everything that was due is answered, but not for longer than the grace. */
  async #turn(endsAtMs: number, graceMs: number, pause: () => Promise<void>): Promise<void> {
    const { loop, ratePerS, durationS } = this.#plan;
    if (loop === 'open') {
      const total = Math.floor(ratePerS * durationS);
      this.#schedule = {
        beginsAtMs: this.#startedAtMs,
        intervalMs: 1000 / ratePerS,
        total,
        next: 0,
      };
    }
    for (;;) {
      const now = performance.now();
      this.#issueDue(now);
      this.#finishSecond(now);
      const isAnswered = this.#succeeded + this.#shed + this.#failed >= this.#due;
      if (now >= endsAtMs && (isAnswered || now >= endsAtMs + graceMs)) return;
      await pause();
    }
  }

  #issueDue(now: number): void {
    const schedule = this.#schedule;
    for (; schedule.next < schedule.total; schedule.next++) {
      const dueAtMs = schedule.beginsAtMs + schedule.next * schedule.intervalMs;
      if (dueAtMs > now) return;
      this.#becomeDue(dueAtMs);
    }
  }

  #becomeDue(dueAtMs: number): void {
    this.#due++;
    if (this.#free.size > 0) this.#sendLateness.record(performance.now() - dueAtMs);
    const connection = this.#nextFree();
    if (connection !== undefined) return this.#send(connection, dueAtMs);
    if (this.#waiting.size >= WAITING_MAX) return this.#fail(NEVER_ANSWERED, 1);
    this.#waiting.push(dueAtMs);
    if (this.#connections.size < this.#plan.connectionsMax) void this.#openForWaiting();
  }

  async #openForWaiting(): Promise<void> {
    const connection = this.#open();
    try {
      await connection.opened;
    } catch {
      // `lost` was told; whoever waits is answered by another connection, or counts as never answered.
      return;
    }
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#free.push(connection);
    else this.#send(connection, waiting);
  }

  /** In the closed loop a lost connection would be one client less. */
  async #replace(): Promise<void> {
    const connection = this.#open();
    await connection.opened.then(
      () => this.#askNext(connection, performance.now()),
      () => undefined,
    );
  }

  #open(): Connection {
    const connection = new Connection(this.#plan.port, this);
    this.#connections.add(connection);
    this.#opened++;
    return connection;
  }

  #nextFree(): Connection | undefined {
    let connection = this.#free.shift();
    while (connection?.isLost === true) connection = this.#free.shift();
    return connection;
  }

  #askNext(connection: Connection, now: number): void {
    this.#due++;
    this.#send(connection, now);
  }

  #send(connection: Connection, dueAtMs: number): void {
    const { order } = this.#plan;
    const at = this.#at++;
    const index = order.length === 0 ? at % this.#requests.length : (order[at % order.length] ?? 0);
    const request = this.#requests[index];
    if (request === undefined)
      throw new Error(`the order names path ${index} of ${this.#requests.length}`);
    connection.ask(request, dueAtMs);
  }

  #record({ status, hasRetryAfter }: Answer, latencyMs: number, now: number): void {
    this.#lastAnswerAtMs = now;
    if (status >= 200 && status < 400) {
      this.#succeeded++;
      this.#l2.succeeded++;
      this.#latency.record(latencyMs);
      this.#secondLatency.record(latencyMs);
    } else if (hasRetryAfter) {
      this.#shed++;
      this.#l2.shed++;
      this.#shedLatency.record(latencyMs);
    } else {
      this.#fail(status, 1);
    }
  }

  #fail(status: number, count: number): void {
    this.#failed += count;
    this.#failures.set(status, (this.#failures.get(status) ?? 0) + count);
  }

  #finishSecond(now: number): void {
    const index = Math.floor((now - this.#startedAtMs) / 1000);
    if (index <= this.#l2.index) return;
    const { succeeded, shed } = this.#l2;
    // A last second that is not complete would look like a drop.
    if (now !== Infinity) {
      this.#onTick({
        atS: this.#l2.index + 1,
        succeeded,
        shed,
        p95: this.#secondLatency.percentile(95),
      });
    }
    this.#l2 = { index, succeeded: 0, shed: 0 };
    this.#secondLatency.reset();
  }
}
