/** Protects the report itself: whatever a valid result holds, both forms are whole, tell no NaN, and let nothing become markup. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { renderMarkdown } from '../../../perf/report/markdown.ts';
import { buildModel } from '../../../perf/report/model.ts';
import { renderPage } from '../../../perf/report/page.ts';
import { parseResult } from '../../../perf/report/read-result.ts';
import type { PerfResult, PhaseResult, RoundResult, ScenarioResult } from '../../../perf/result.ts';
import { sampleCapacity, sampleComparison, sampleResult } from '../../support/perf-result.ts';

const HOSTILE =
  '</style><script>alert(1)</script><img src=x onerror="alert(2)"> | `code` [link](javascript:alert(3)) *a* _b_ \\ & $x$ @all';
const ELEMENTS = new Set([
  'html',
  'head',
  'meta',
  'title',
  'link',
  'style',
  'body',
  'header',
  'h1',
  'h2',
  'h3',
  'p',
  'time',
  'code',
  'b',
  'ul',
  'li',
  'nav',
  'a',
  'main',
  'section',
  'article',
  'figure',
  'figcaption',
  'details',
  'summary',
  'div',
  'table',
  'caption',
  'thead',
  'tbody',
  'tr',
  'th',
  'td',
  'small',
  'svg',
  'text',
  'line',
  'path',
  'rect',
  'circle',
]);

function bothForms(...results: readonly PerfResult[]): {
  readonly markdown: string;
  readonly page: string;
} {
  const model = buildModel(
    results.map((result, index) =>
      parseResult(JSON.parse(JSON.stringify(result)), `${index}.json`),
    ),
  );
  return { markdown: renderMarkdown(model), page: renderPage(model) };
}

/** Every table row of Markdown has as many cells as the head of its table. */
function assertWholeTables(markdown: string): void {
  let width = 0;
  for (const line of markdown.split('\n')) {
    const cells = line.startsWith('|') ? line.replaceAll(/\\./g, '').split('|').length : 0;
    if (cells > 0 && width > 0) assert.equal(cells, width, line);
    width = cells;
  }
}

function assertSound({
  markdown,
  page,
}: {
  readonly markdown: string;
  readonly page: string;
}): void {
  const style = /<style>([^]*?)<\/style>/.exec(page)?.[1] ?? '';
  for (const text of [markdown, page.replace(style, '')])
    assert.doesNotMatch(text, /NaN|undefined|Infinity|\[object|null/);
  for (const [, name = ''] of page.matchAll(/<\/?([a-z][a-z0-9]*)/gi))
    assert.ok(ELEMENTS.has(name), `<${name}> has no place in the page`);
  for (const [, name = ''] of markdown.matchAll(/<\/?([a-z]*)/gi))
    assert.ok(['br', 'code'].includes(name), `<${name}> has no place in Markdown`);
  assertWholeTables(markdown);
}

const quantity = fc.oneof(
  fc.constantFrom(0, 5e-324, 1, 999.96, 1e15),
  fc.double({ min: 0, max: 1e15, noNaN: true }),
  fc.integer({ min: 0, max: 100_000 }),
);
const whole = fc.oneof(fc.constantFrom(0, 1), fc.integer({ min: 0, max: 1e9 }));
const words = fc.constantFrom(
  'stream-cold',
  'a',
  'a',
  HOSTILE,
  'x'.repeat(190),
  '🎬🎬🎬',
  '–',
  '"',
  "'",
  'https://example.org/',
);
const orNull = (of: fc.Arbitrary<number>) => fc.option(of, { nil: null });
const percentile = fc.oneof(
  fc.constantFrom(0, 50, 99, 99.999999, 100),
  fc.double({ min: 0, max: 100, noNaN: true }),
);
const latency = fc.record({
  p50: quantity,
  p90: quantity,
  p95: quantity,
  p99: quantity,
  p999: quantity,
  max: quantity,
  curve: fc.array(fc.tuple(percentile, quantity), { maxLength: 5 }),
});
const round: fc.Arbitrary<RoundResult> = fc.record({
  elapsedS: quantity,
  succeeded: whole,
  shed: whole,
  failed: whole,
  requestsPerS: quantity,
  latency: fc.option(latency, { nil: null }),
  shedLatency: fc.option(latency, { nil: null }),
  server: fc.record({
    cpuMicrosPerRequest: quantity,
    cpuShare: quantity,
    rssBytes: quantity,
    rssPeakBytes: quantity,
    loopDelayP99: orNull(quantity),
    loopDelayMax: orNull(quantity),
    handles: orNull(whole),
    redisCommandsPerRequest: orNull(quantity),
    sqlStatementsPerRequest: orNull(quantity),
  }),
  clientCpuShare: quantity,
  timeline: fc.array(
    fc.record({
      atS: quantity,
      requestsPerS: quantity,
      shedPerS: quantity,
      p95: orNull(quantity),
      cpuShare: quantity,
      rssBytes: quantity,
    }),
    { maxLength: 4 },
  ),
});
const phase: fc.Arbitrary<PhaseResult> = fc.record({
  name: words,
  loop: fc.constantFrom('closed', 'open'),
  generator: fc.constantFrom('sluice', 'wrk', 'autocannon'),
  connections: whole,
  ratePerS: orNull(quantity),
  rounds: fc.array(round, { maxLength: 4 }),
});
const scenario: fc.Arbitrary<ScenarioResult> = fc.record({
  name: words,
  description: words,
  contender: fc.oneof(fc.constant('sluice'), words),
  phases: fc.array(phase, { maxLength: 4 }),
  checks: fc.array(
    fc.record({
      name: words,
      value: fc.double({ min: -1e15, max: 1e15, noNaN: true }),
      relation: fc.constantFrom('at most', 'at least'),
      limit: quantity,
      unit: words.map((unit) => unit.slice(0, 40)),
      passed: fc.boolean(),
    }),
    { maxLength: 2 },
  ),
  warnings: fc.array(words, { maxLength: 2 }),
});
const result: fc.Arbitrary<PerfResult> = fc
  .array(scenario, { minLength: 1, maxLength: 3 })
  .map((scenarios) => ({ ...sampleResult(), scenarios }));

test('any valid result, alone or beside another, is told without NaN and without foreign markup', () => {
  fc.assert(
    fc.property(result, fc.option(result, { nil: undefined }), (a, b) => {
      assertSound(bothForms(...(b === undefined ? [a] : [a, b])));
    }),
    { numRuns: 100 },
  );
});

test('what the measurements write is told in both forms', () => {
  const [pair, others] = [
    [sampleResult(1), sampleResult(2, 1.2)],
    [sampleComparison(), sampleComparison()],
  ];
  for (const results of [[sampleResult()], pair, [sampleComparison()], others, [sampleCapacity()]])
    assertSound(bothForms(...results));
});

test('the page may load and run nothing but its own style', () => {
  const { page } = bothForms(sampleResult());
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? '';
  const style = /<style>([^]*?)<\/style>/.exec(page)?.[1] ?? '';
  const hash = createHash('sha256').update(style).digest('base64');
  assert.equal(
    policy.replaceAll('&#39;', "'"),
    `default-src 'none'; style-src 'sha256-${hash}'; img-src data:; base-uri 'none'; form-action 'none'`,
  );
  assert.doesNotMatch(page, /\sstyle=|\son[a-z]+=|https?:\/\//);
});

test('checks that failed, warnings and uncommitted changes cannot be missed', () => {
  const { markdown, page } = bothForms(sampleResult(2));
  for (const text of [markdown, page]) {
    assert.match(text, /4 of 5 checks hold/);
    assert.match(text, /✗ MISSED/);
    assert.match(text, /it was the bottleneck of the closed loop/);
    assert.match(text, /changes that are not committed/);
  }
  assert.match(bothForms(sampleComparison()).page, /<h2>Beside the others<\/h2>/);
});

test('two results: ratios and verdicts for what both have, and what only one has is told as such', () => {
  const [a, b] = [sampleResult(1), sampleResult(2, 1.2)];
  const { markdown, page } = bothForms(
    { ...a, scenarios: a.scenarios.filter(({ name }) => name !== 'poster-hot') },
    { ...b, scenarios: b.scenarios.filter(({ name }) => name !== 'overload') },
  );
  assert.match(
    markdown,
    /\| stream-repeat \| throughput<br>closed loop \| \*\*1\.2\d× better\*\*<br>2\d,\d00 → 2\d,\d00 \|/,
  );
  assert.match(markdown, /\| overload<br>only in A \|/);
  assert.match(markdown, /\| poster-hot<br>only in B \|/);
  assert.match(page, /<h2>What changed<\/h2>/);
  assert.doesNotMatch(markdown, /same conditions/);
});

test('a scenario that a joined file holds again stands apart, with those who ran beside it', () => {
  const [own, others] = [sampleCapacity(), sampleComparison()];
  const { markdown } = bothForms({
    ...own,
    scenarios: [...own.scenarios, ...own.scenarios, ...others.scenarios, ...others.scenarios],
  });
  const titles = [...markdown.matchAll(/^### (.*)$/gm)].map(([, title = '']) => title);
  assert.deepEqual(titles, ['mixed', 'mixed (2)', 'stream', 'stream (2)']);
  assert.doesNotMatch(markdown, /sluice \(2\)|sluice against sluice/);
});

test('phases in which both were asked for different rates have ratios and no verdicts', () => {
  const { markdown } = bothForms(sampleResult(1), sampleResult(2, 1.2));
  const latencies = markdown.slice(markdown.indexOf('## Latency'), markdown.indexOf('## Checks'));
  assert.match(
    latencies,
    /\| stream-distinct \| latency at half of capacity<br>open loop, 1,8\d0\/s → 2,2\d0\/s \| 0\.8\d*×<br>/,
  );
  assert.match(latencies, /\| stream-cold \| 1,000 req\/s<br>open loop, 1,000\/s \|/);
  assert.doesNotMatch(latencies, /better|worse/);
  assert.match(markdown, /at another load/);
});

test('results of different machines carry a warning', () => {
  const other = sampleResult(2);
  const moved = {
    ...other,
    machine: { ...other.machine, node: 'v22.1.0' },
    data: { ...other.data, titles: 5 },
  };
  const { markdown, page } = bothForms(sampleResult(1), moved);
  for (const text of [markdown, page])
    assert.match(text, /did not run under the same conditions.*\(Node\.js, Titles\)/);
});
