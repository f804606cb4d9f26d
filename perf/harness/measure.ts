/** One round: load on a server, and what both used meanwhile. */
import type { RoundResult, ServerUse, TimelinePoint } from '../result.ts';
import type { Counters } from './bench-data.ts';
import { runClosedLoad } from './closed-load.ts';
import { runLoadPlan, type LoadListener } from './generator.ts';
import type { LoadPlan, LoadReport, LoadTick } from './load-plan.ts';
import { cpuMicrosOf, isRunning, rssBytesOf } from './process-use.ts';
import type { ServerProcess } from './server-process.ts';

/** What a round tells beyond its result. */
export interface Round {
  readonly result: RoundResult;
  /** Executed meanwhile; null without `counters`. */
  readonly executed: Counters | null;
  readonly report: LoadReport;
}

export interface RoundOptions {
  readonly server: ServerProcess;
  readonly plan: LoadPlan;
  /** Who drives a closed loop; open ones are always ours. */
  readonly closedLoop: 'wrk' | 'autocannon' | 'sluice';
  /** Null: not asked for, which saves two statements. */
  readonly counters: (() => Promise<Counters>) | null;
  readonly hasRedis: boolean;
  /** Called when the lead-in is over. */
  readonly counting?: () => void;
  readonly progress: (tick: LoadTick) => void;
  readonly signal: AbortSignal;
}

const SAMPLE_EVERY_MS = 250;
/** Shorter rounds have nothing to draw. */
const TIMELINE_S_MIN = 3;

/** @throws Error when the generator fails or the server ends meanwhile */
export async function measureRound(options: RoundOptions): Promise<Round> {
  const { server } = options;
  const watch = new ServerWatch(server.pid);
  let before: Counters | null = null;
  try {
    const report = await drive(options, {
      connected: () => Promise.resolve(),
      counting: async () => {
        server.resetProbe();
        watch.start();
        before = (await options.counters?.()) ?? null;
        options.counting?.();
      },
      tick: (tick) => {
        watch.tick(tick);
        options.progress(tick);
      },
    });
    const use = watch.stop();
    const reading = await server.readProbe();
    const after = (await options.counters?.()) ?? null;
    const executed = before === null || after === null ? null : difference(after, before);
    return { result: resultOf(options, report, { ...use, reading, executed }), executed, report };
  } finally {
    watch.end();
  }
}

function drive(
  { plan, closedLoop, signal }: RoundOptions,
  listener: LoadListener,
): Promise<LoadReport> {
  return plan.loop === 'closed'
    ? runClosedLoad(closedLoop, plan, listener, signal)
    : runLoadPlan(plan, listener, signal);
}

interface Use {
  readonly cpuMicros: number;
  readonly elapsedS: number;
  readonly rssBytes: number;
  readonly rssPeakBytes: number;
  readonly timeline: readonly TimelinePoint[];
  readonly reading: Awaited<ReturnType<ServerProcess['readProbe']>>;
  readonly executed: Counters | null;
}

function resultOf({ plan, hasRedis }: RoundOptions, report: LoadReport, use: Use): RoundResult {
  const answered = Math.max(1, report.succeeded + report.shed);
  const server: ServerUse = {
    cpuMicrosPerRequest: use.cpuMicros / answered,
    cpuShare: use.cpuMicros / 1e6 / use.elapsedS,
    rssBytes: use.rssBytes,
    rssPeakBytes: use.rssPeakBytes,
    loopDelayP99: use.reading?.loopDelayP99 ?? null,
    loopDelayMax: use.reading?.loopDelayMax ?? null,
    handles: use.reading?.handles ?? null,
    redisCommandsPerRequest:
      hasRedis && use.executed !== null ? use.executed.redisCommands / answered : null,
    sqlStatementsPerRequest: use.executed === null ? null : use.executed.sqlStatements / answered,
  };
  return {
    ...clientSide(report),
    server,
    timeline: plan.durationS < TIMELINE_S_MIN ? [] : use.timeline,
  };
}

/** What a generator knows of its round; what the server used meanwhile is not its to tell. */
export function clientSide(report: LoadReport): Omit<RoundResult, 'server' | 'timeline'> {
  const { elapsedS, succeeded, shed, latency, shedLatency } = report;
  return {
    elapsedS,
    succeeded,
    shed,
    failed: Object.values(report.failures).reduce((sum, count) => sum + count, 0),
    requestsPerS: succeeded / elapsedS,
    latency,
    shedLatency,
    clientCpuShare: report.cpuShare,
  };
}

function difference(after: Counters, before: Counters): Counters {
  return {
    sqlStatements: after.sqlStatements - before.sqlStatements,
    streamQueries: after.streamQueries - before.streamQueries,
    // The question itself is a command.
    redisCommands: Math.max(0, after.redisCommands - before.redisCommands - 1),
  };
}

/** Samples a process while it is under load. */
class ServerWatch {
  readonly #pid: number;
  readonly #timeline: TimelinePoint[] = [];
  #timer: NodeJS.Timeout | undefined;
  #startedAtMs = 0;
  #cpuAtStart = 0;
  #tickAt = { ms: 0, cpu: 0 };
  #rssPeakBytes = 0;

  constructor(pid: number) {
    this.#pid = pid;
  }

  start(): void {
    this.#startedAtMs = performance.now();
    this.#cpuAtStart = cpuMicrosOf(this.#pid);
    this.#tickAt = { ms: this.#startedAtMs, cpu: this.#cpuAtStart };
    this.#timer = setInterval(() => {
      if (isRunning(this.#pid))
        this.#rssPeakBytes = Math.max(this.#rssPeakBytes, rssBytesOf(this.#pid));
    }, SAMPLE_EVERY_MS);
  }

  tick({ atS, succeeded, shed, p95 }: LoadTick): void {
    if (!isRunning(this.#pid)) return;
    const [ms, cpu] = [performance.now(), cpuMicrosOf(this.#pid)];
    const cpuShare = (cpu - this.#tickAt.cpu) / 1000 / Math.max(1, ms - this.#tickAt.ms);
    this.#tickAt = { ms, cpu };
    this.#timeline.push({
      atS,
      requestsPerS: succeeded,
      shedPerS: shed,
      p95,
      cpuShare,
      rssBytes: rssBytesOf(this.#pid),
    });
  }

  end(): void {
    clearInterval(this.#timer);
  }

  /** @throws Error when the server is not running any more */
  stop() {
    this.end();
    if (!isRunning(this.#pid)) throw new Error('the server ended while it was under load');
    const rssBytes = rssBytesOf(this.#pid);
    return {
      cpuMicros: cpuMicrosOf(this.#pid) - this.#cpuAtStart,
      elapsedS: Math.max(1e-3, (performance.now() - this.#startedAtMs) / 1000),
      rssBytes,
      rssPeakBytes: Math.max(this.#rssPeakBytes, rssBytes),
      timeline: this.#timeline,
    };
  }
}
