/** What a sceptic should know before reading the figures. */
import { hasContenders, type ReportModel } from './model.ts';

const PAIR_NOTES = [
  'Ratios are B by A, of the medians. “Better” and “worse” say that no round of B lies within the rounds of A, of 3 rounds each or more, ' +
    'and that the medians differ by 1 % or more; nothing is said of phases in which both were asked for different rates. ' +
    'That is a reading aid and no test: npm run perf:gate runs both interleaved and judges.',
];

const CONTENDER_NOTES = [
  'Beside others a ratio is how many times better the first one does: so many times the requests per second, or others need so many times ' +
    'its CPU, time or memory. Below 1 the other does better.',
];

const BASICS = [
  'Figures are medians over the rounds of a phase; the range below a figure is the lowest and the highest round.',
  'Closed loop: every connection asks again when it was answered. It tells the throughput; its latencies hide what waits in queues.',
  'Open loop: requests are due at fixed times whatever the server does, and latency counts from when a request was due ' +
    '(corrected for coordinated omission).',
  'CPU per request is user and system time of the server process, all threads, by the requests that it answered. It is the steadiest figure: ' +
    'the generator and its network do not count.',
  'Where the generator used nearly a whole processor it may have been the bottleneck: read CPU per request there, not requests per second.',
  'Latencies are of requests that were answered as expected; shed ones (503 with Retry-After) are told apart. MiB are 1,048,576 bytes.',
];

export function notesFor({ sources, scenarios }: ReportModel): readonly string[] {
  if (sources.length > 1) return [...PAIR_NOTES, ...BASICS];
  return scenarios.some(hasContenders) ? [...CONTENDER_NOTES, ...BASICS] : BASICS;
}

export const CHART_NOTES: readonly string[] = [
  'Overviews show the first closed loop of a scenario for throughput and cost, the first open loop that was no overload for latency. ' +
    'Whiskers and bands reach from the lowest to the highest round.',
  'Charts over time show one round: the one whose throughput is the nearest to the median.',
];
