/** Every runbook against its fault: its commands show it and cure it, as they stand. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { alertNames, alertRules, hastened } from '../../rehearsals/alert-rules.ts';
import { PAGES, REHEARSALS, rehearse } from '../../rehearsals/rehearsals.ts';
import { skipWithoutPrometheus } from '../../support/prometheus.ts';
import { appModes } from '../../support/start-app.ts';

/** The one whose alert comes within seconds; all of them: `npm run rehearse -- --all`. */
const WATCHED = skipWithoutPrometheus === false ? 'redis-down' : null;

describe(
  'rehearsals',
  { skip: appModes().includes('external-1') ? false : 'needs redis-server and pgbouncer' },
  () => {
    for (const name of Object.keys(PAGES)) {
      test(name, async () => {
        const told: string[] = [];
        await rehearse(name, { say: (line) => void told.push(line), isWatched: name === WATCHED });
        assert.ok(
          told.some((line) => line.startsWith('✔')),
          told.join('\n'),
        );
      });
    }
  },
);

test('every runbook has a rehearsal', async () => {
  const pages = (await readdir('docs/runbooks')).map((file) => file.replace(/\.md$/, ''));
  assert.deepEqual(new Set(pages.filter((page) => page !== 'README')), new Set(Object.keys(PAGES)));
});

test('every alert has a rehearsal that waits for it, and is named beside it', async () => {
  const page = await readFile('docs/runbooks/README.md', 'utf8');
  const files = (await readdir('test/rehearsals')).map((file) => `test/rehearsals/${file}`);
  const sources = (await Promise.all(files.map((file) => readFile(file, 'utf8')))).join('\n');
  for (const name of alertNames(await alertRules())) {
    assert.match(page, new RegExp(`\\b${name}\\b`));
    assert.match(sources, new RegExp(`fires\\(\\[[^\\]]*'${name}'`));
  }
  for (const name of Object.keys(REHEARSALS)) assert.ok(page.includes(`\`${name}\``), name);
});

test('hastened rules are the rules, sooner', async () => {
  const rules = await alertRules();
  const sooner = hastened(rules);
  assert.deepEqual(
    sooner.match(/for: .*|\[\d+\w\]/g)?.filter((text) => text.includes('m')),
    [],
  );
  const withoutTimes = (text: string) => text.replaceAll(/for: \w+|\[\w+\]/g, '');
  assert.equal(withoutTimes(sooner), withoutTimes(rules));
});

test('a rehearsal that there is not is named, with those that there are', async () => {
  await assert.rejects(
    rehearse('nothing', { say: () => undefined, isWatched: false }),
    /nothing; there are pool-exhaustion/,
  );
});
