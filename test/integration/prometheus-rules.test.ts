/** The Prometheus files of `deploy/`: valid, every alert fires where it should, and they name series that there are. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { composedMetrics } from '../support/composed-metrics.ts';
import { promtool, skipWithoutPrometheus } from '../support/prometheus.ts';

const FOLDER = 'deploy/prometheus';
const RULES = `${FOLDER}/sluice-rules.yml`;
/** Of Prometheus itself, and of exporters. */
const FOREIGN = /^(up$|probe_success$|node_|pg_)/;

async function alertNames(): Promise<readonly string[]> {
  const rules = await readFile(RULES, 'utf8');
  return [...rules.matchAll(/- alert: (\w+)/g)].map(([, name = '']) => name);
}

describe('with promtool', { skip: skipWithoutPrometheus }, () => {
  test('the configuration and the rules are valid', () => {
    promtool('check', 'config', `${FOLDER}/prometheus.yml`);
  });

  test('every alert fires in its case, and none on a quiet instance', () => {
    promtool('test', 'rules', `${FOLDER}/sluice-rules.test.yml`);
  });
});

test('every alert has a case in which it fires, and one in which it does not', async () => {
  const cases = await readFile(`${FOLDER}/sluice-rules.test.yml`, 'utf8');
  for (const name of await alertNames()) {
    const named = cases
      .split('alertname:')
      .slice(1)
      .filter((one) => one.trim().startsWith(`${name}\n`));
    assert.ok(
      named.some((one) => one.includes('exp_labels')),
      `${name} fires`,
    );
    assert.ok(
      named.some((one) => one.includes('exp_alerts: []')),
      `${name} is quiet`,
    );
  }
});

test('rules and their cases read families that there are, by labels that these have', async () => {
  const specs = new Map((await composedMetrics()).map((spec) => [spec.name, spec]));
  const rules = await readFile(RULES, 'utf8');
  const cases = await readFile(`${FOLDER}/sluice-rules.test.yml`, 'utf8');
  const selectors = [
    ...`${rules}\n${cases}`.matchAll(/(?<![\w:])([a-z]+(?:_[a-z0-9]+)+|up)\{([^}]*)\}/g),
  ];
  assert.ok(selectors.length > 40);
  for (const [, name = '', inside = ''] of selectors) {
    if (FOREIGN.test(name)) continue;
    const spec = specs.get(name) ?? specs.get(name.replace(/_(bucket|sum|count)$/, ''));
    assert.ok(spec !== undefined, `${name} is a family of docs/metrics.md`);
    const labels = [...inside.matchAll(/(\w+) *(?:=~|!~|!=|=)/g)].map(([, label = '']) => label);
    const known = new Set([...spec.labels, 'job', 'instance', 'le']);
    assert.deepEqual(
      labels.filter((label) => !known.has(label)),
      [],
      name,
    );
  }
});
