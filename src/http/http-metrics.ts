/** Counters of requests by route, method and status: arrays that the hot path adds to, read at scrape time. */
import type { Admission } from '../lib/admission/admission.ts';
import { Histogram } from '../lib/metrics/histogram.ts';
import { socketFamilies } from './socket-metrics.ts';
import type { SocketRow } from './socket-row.ts';
import { single, type MetricFamily, type Sample } from '../lib/metrics/metric-family.ts';

/** Seconds; 5 ms to 30 s are what dashboards of other servers know, a repeated answer takes 0.05 ms. */
const DURATION_BOUNDS = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
];
const BYTES_BOUNDS = [256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576];
/** There from the start: what alerts look for would else begin with its first value, and show no increase. */
const STATUSES_AT_FIRST = [200, 503];
/** Whose times alerts read. Histograms of other rows come with their first request: 17 lines each, for hundreds of rows. */
const ALERTED: ReadonlySet<string> = new Set(['stream', 'catalog', 'manifest']);

/** Label of requests that no row's method has, and of unknown paths: what clients send is theirs to choose. */
export const ANY_METHOD = 'any';

/** Requests of one row of the route table with one method. */
export class RouteRecorder {
  readonly labels: readonly [method: string, route: string];
  readonly isAlerted: boolean;
  readonly bytes = new Histogram(BYTES_BOUNDS);
  readonly durations = new Map<number, Histogram>();
  /** The status of the last request, which is mostly that of the next one. */
  #lastStatus = 0;
  #last: Histogram;

  /** @param isAlerted its histograms are there before its first request */
  constructor(method: string, route: string, isAlerted: boolean) {
    this.labels = [method, route];
    this.isAlerted = isAlerted && method !== 'HEAD' && method !== ANY_METHOD;
    for (const status of STATUSES_AT_FIRST) this.#durationsOf(status);
    this.#last = this.#durationsOf(200);
  }

  /** @param durationMs until the head of the answer was written */
  answered(status: number, durationMs: number): void {
    if (status !== this.#lastStatus) {
      this.#lastStatus = status;
      this.#last = this.#durationsOf(status);
    }
    this.#last.observe(durationMs / 1000);
  }

  #durationsOf(status: number): Histogram {
    const known = this.durations.get(status);
    if (known !== undefined) return known;
    const durations = new Histogram(DURATION_BOUNDS);
    this.durations.set(status, durations);
    return durations;
  }
}

export class HttpMetrics {
  /** Both set by the server. */
  admission: Pick<Admission, 'inFlight' | 'refused'> | null = null;
  sockets: readonly SocketRow[] = [];
  readonly #recorders = new Map<string, RouteRecorder>();

  /** The same one for a row that is bound twice. @param traffic class of the row */
  recorder(method: string, route: string, traffic: string): RouteRecorder {
    const key = `${method} ${route}`;
    const known = this.#recorders.get(key);
    if (known !== undefined) return known;
    const recorder = new RouteRecorder(method, route, ALERTED.has(traffic));
    this.#recorders.set(key, recorder);
    return recorder;
  }

  readonly families: readonly MetricFamily[] = [
    {
      name: 'http_requests_total',
      kind: 'counter',
      help: 'Requests answered, by route and status; 499: the client left before.',
      labels: ['method', 'route', 'status_code'],
      collect: () => this.#byStatus(({ count }) => [count]),
    },
    {
      name: 'http_request_duration_seconds',
      kind: 'histogram',
      help: 'Time from the request to the head of its answer.',
      labels: ['method', 'route', 'status_code'],
      bounds: DURATION_BOUNDS,
      collect: () => this.#byStatus((durations) => durations.numbers(), true),
    },
    {
      name: 'http_response_bytes',
      kind: 'histogram',
      help: 'Bytes of bodies of answers, as they are sent.',
      labels: ['method', 'route'],
      bounds: BYTES_BOUNDS,
      collect: () =>
        [...this.#recorders.values()]
          .filter(({ isAlerted, bytes }) => bytes.count > 0 || isAlerted)
          .map(({ labels, bytes }) => [labels, bytes.numbers()]),
    },
    {
      name: 'http_requests_in_flight',
      kind: 'gauge',
      together: 'sum',
      help: 'Requests that wait for something; most are answered without.',
      labels: [],
      collect: () => single(this.admission?.inFlight.waiting ?? 0),
    },
    {
      name: 'admission_refused_total',
      kind: 'counter',
      help: 'Requests refused to make way for others, or because the process was at its limit, by class.',
      labels: ['class'],
      collect: () => this.admission?.refused ?? [],
    },
    ...socketFamilies(() => this.sockets),
  ];

  #byStatus(
    numbers: (durations: Histogram) => readonly number[],
    isSparse = false,
  ): readonly Sample[] {
    return [...this.#recorders.values()].flatMap(({ labels, isAlerted, durations }) =>
      [...durations]
        .filter(([status, { count }]) => !isSparse || count > 0 || (status === 200 && isAlerted))
        .map(([status, histogram]): Sample => [[...labels, String(status)], numbers(histogram)]),
    );
  }
}
