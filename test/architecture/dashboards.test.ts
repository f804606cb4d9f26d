/** The files of `deploy/grafana` are made from one table, and name series that there are. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { composedMetrics } from '../support/composed-metrics.ts';
import { DASHBOARDS, grafanaFile } from '../support/dashboards.ts';
import { assertGolden } from '../support/golden.ts';

for (const dashboard of DASHBOARDS) {
  test(`deploy/grafana/${dashboard.uid}.json is what the table says`, async () => {
    await assertGolden(`deploy/grafana/${dashboard.uid}.json`, grafanaFile(dashboard));
  });
}

test('every series that a panel names is one of a family, with labels that it has', async () => {
  const families = await composedMetrics();
  const known = new Map(families.map((family) => [family.name, new Set(family.labels)]));
  const named = DASHBOARDS.flatMap(({ panels }) => panels.flatMap(({ queries }) => queries));
  assert.ok(named.length > 50);
  for (const { expr } of named) {
    const names = [...expr.matchAll(/\b([a-z]+_[a-z_]+)(?:\{([^}]*)\})?(?=[\s[)]|$)/g)];
    const series = names.filter(
      ([, name = '']) => !/^(?:histogram_quantile|clamp_min|error_type|status_code)$/.test(name),
    );
    assert.ok(series.length > 0, expr);
    for (const [, name = '', selector = ''] of series) {
      const labels = known.get(name) ?? known.get(name.replace(/_(?:bucket|count|sum)$/, ''));
      assert.ok(labels !== undefined, `${name} of ${expr}`);
      for (const [, label = ''] of selector.matchAll(/(\w+)(?:=~|!~|!=|=)"/g))
        assert.ok(labels.has(label), `${label} of ${name}`);
    }
  }
});

test('panels do not lie over each other', () => {
  for (const dashboard of DASHBOARDS) {
    const { panels } = JSON.parse(grafanaFile(dashboard)) as {
      panels: { title: string; gridPos: { x: number; y: number; w: number; h: number } }[];
    };
    const taken = new Map<string, string>();
    for (const { title, gridPos } of panels) {
      assert.ok(gridPos.x + gridPos.w <= 24, title);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          assert.equal(taken.get(`${x} ${y}`), undefined, `${dashboard.uid}: ${title}`);
          taken.set(`${x} ${y}`, title);
        }
    }
  }
});
