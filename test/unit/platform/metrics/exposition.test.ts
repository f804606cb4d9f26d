import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { MetricSpec } from '../../../../src/lib/metrics/metric-family.ts';
import { exposition } from '../../../../src/platform/metrics/exposition.ts';
import { promtoolFindings, skipWithoutPrometheus } from '../../../support/prometheus.ts';

const SPECS: readonly MetricSpec[] = [
  { name: 'things_total', kind: 'counter', help: 'Things.', labels: ['kind', 'colour'] },
  { name: 'level', kind: 'gauge', together: 'sum', help: 'Level.', labels: [] },
  { name: 'time_seconds', kind: 'histogram', help: 'Time.', labels: ['query'], bounds: [0.5, 1] },
  { name: 'none_total', kind: 'counter', help: 'Nothing yet.', labels: ['a'] },
];
const SNAPSHOT = [
  ['things_total', 'total', [['a\tred', [3]]]],
  ['level', 'sum', [['', [0.5]]]],
  ['time_seconds', 'total', [['find', [1, 2, 3, 7.5]]]],
] as const;

const BUCKETS = `time_seconds_bucket{le="0.5",query="find"} 1
time_seconds_bucket{le="1",query="find"} 3
time_seconds_bucket{le="+Inf",query="find"} 6
time_seconds_sum{query="find"} 7.5
time_seconds_count{query="find"} 6`;

test('OpenMetrics: names of counters without their ending, no empty line, # EOF', async () => {
  assert.equal(
    await exposition(SPECS, SNAPSHOT, 'openmetrics'),
    `# HELP things Things.
# TYPE things counter
things_total{kind="a",colour="red"} 3
# HELP level Level.
# TYPE level gauge
level 0.5
# HELP time_seconds Time.
# TYPE time_seconds histogram
${BUCKETS}
# HELP none Nothing yet.
# TYPE none counter
# EOF
`,
  );
});

test('the older text: whole names, and what promtool takes', async () => {
  const text = await exposition(SPECS, SNAPSHOT, 'text');
  assert.ok(text.includes(`# TYPE things_total counter\nthings_total{kind="a",colour="red"} 3\n`));
  assert.ok(text.includes(BUCKETS));
  assert.ok(text.endsWith('counter\n'));
});

test('any label value is one value in one line', { skip: skipWithoutPrometheus }, async () => {
  const hostile = fc.sample(fc.string({ unit: 'grapheme' }), 200);
  const series = [...new Set(['a"b', 'c\\d', 'e\nf', '{}', '', ...hostile])]
    .filter((value) => !value.includes('\t'))
    .map((value) => [`${value}\tred`, [1]] as const);
  const text = await exposition(SPECS, [['things_total', 'total', series]], 'text');
  assert.equal(promtoolFindings(Buffer.from(text)), '');
  const lines = text.split('\n').filter((line) => line.startsWith('things_total{'));
  assert.equal(lines.length, series.length);
});
