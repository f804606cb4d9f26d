import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatFor } from '../../../../src/features/metrics/negotiation.ts';

/** What Prometheus 2.42 sends. */
const PROMETHEUS =
  'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';

test('OpenMetrics where it is named and nothing is liked better', () => {
  for (const [accept, format] of [
    [PROMETHEUS, 'openmetrics'],
    ['application/openmetrics-text', 'openmetrics'],
    ['Application/OpenMetrics-Text; Version=1.0.0', 'openmetrics'],
    ['application/openmetrics-text;version=1.0.0;q=0.4,text/plain;q=0.5', 'text'],
    ['application/openmetrics-text;q=0,text/plain', 'text'],
    ['application/openmetrics-text;version=0.0.1', 'text'],
    ['application/openmetrics-text;q=much', 'text'],
    ['text/plain;version=0.0.4', 'text'],
    ['text/html,*/*', 'text'],
    ['*/*', 'text'],
    ['', 'text'],
  ] as const)
    assert.equal(formatFor(accept), format, accept);
});

test('whatever a client sends, one of the two comes of it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (accept) => {
      assert.ok(['openmetrics', 'text'].includes(formatFor(accept)));
    }),
  );
});
