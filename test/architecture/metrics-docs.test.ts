/** docs/metrics.md lists every family, from the registry that `/metrics` is written from. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MetricSpec } from '../../src/lib/metrics/metric-family.ts';
import { composedMetrics } from '../support/composed-metrics.ts';
import { assertGoldenBlock } from '../support/golden.ts';

const ROW = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;

function rowOf(spec: MetricSpec): string {
  const labels = spec.labels.map((label) => `\`${label}\``).join(', ') || '–';
  const buckets = spec.kind === 'histogram' ? ` Buckets: ${spec.bounds.join(', ')}.` : '';
  const most =
    spec.kind === 'gauge' && spec.together === 'max' ? ' The largest of all processes.' : '';
  return ROW([`\`${spec.name}\``, spec.kind, labels, `${spec.help}${most}${buckets}`]);
}

test('docs/metrics.md lists every family with type, labels and meaning', async () => {
  const specs = await composedMetrics();
  const table = [
    ROW(['family', 'type', 'labels', 'meaning']),
    ROW(['---', '---', '---', '---']),
    ...specs.map(rowOf),
  ].join('\n');
  await assertGoldenBlock('docs/metrics.md', 'metrics', table);
});

test('names are those that Prometheus expects: counters end with _total, nothing else does', async () => {
  for (const { name, kind, labels, help } of await composedMetrics()) {
    assert.match(name, /^[a-z]+(_[a-z]+)+$/);
    assert.equal(name.endsWith('_total'), kind === 'counter', name);
    assert.doesNotMatch(name, /_(bucket|count|sum)$/);
    assert.ok(help.endsWith('.') && !help.includes('\n'), help);
    assert.ok(!labels.includes('le'), name);
  }
});
