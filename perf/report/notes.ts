/** What a sceptic should know before reading the figures; the same in Markdown and on the page. */

const BASICS = [
  'Figures are medians over the rounds of a phase; the range below a figure is the lowest and the highest round.',
  'Closed loop: every connection asks again when it was answered. It tells the throughput; its latencies hide what waits in queues.',
  'Open loop: requests are due at fixed times whatever the server does, and latency counts from when a request was due '
    + '(corrected for coordinated omission).',
  'CPU per request is user and system time of the server process, all threads, by the requests that it answered. It is the steadiest figure: '
    + 'the generator and its network do not count.',
  'Where the generator used nearly a whole processor it may have been the bottleneck: read CPU per request there, not requests per second.',
  'Latencies are of requests that were answered as expected; shed ones (503 with Retry-After) are told apart. MiB are 1,048,576 bytes.',
];

export const READING_NOTES: readonly string[] = BASICS;

export const COMPARISON_NOTES: readonly string[] = [
  'Ratios are B by A, of the medians. “Better” and “worse” say that no round of B lies within the rounds of A, of 3 rounds each or more, '
    + 'and that the medians differ by 1 % or more. That is a reading aid and no test: npm run perf:gate runs both interleaved and judges.',
  ...BASICS,
];
