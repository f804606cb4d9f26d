/** The route table as a golden file: every public change shows in review. */
import { test } from 'node:test';
import { routeTable, type RouteParts } from '../../src/app/routes.ts';
import { methodsOf } from '../../src/http/route.ts';
import { loadConfig } from '../../src/platform/config/config.ts';
import { assertGolden } from '../support/golden.ts';

test('the route table is the one in routes.golden.txt', async () => {
  // Rows are made without calling a service, so that none has to be built for this.
  const parts = Object.freeze({}) as RouteParts;
  const rows = routeTable(loadConfig({}).config, parts).map((route) => [
    route.name, `${methodsOf(route).join(', ')} ${route.pattern}`, `${route.timeoutMs} ms`,
    route.uncapped === true ? 'uncapped' : 'capped', route.cachePolicy,
  ].join(' | '));
  await assertGolden('test/architecture/routes.golden.txt', `${rows.sort().join('\n')}\n`);
});
