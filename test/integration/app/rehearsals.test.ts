/** Every runbook against its fault: its commands show it and cure it, as they stand. */
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { REHEARSALS, rehearse } from '../../rehearsals/rehearsals.ts';
import { appModes } from '../../support/start-app.ts';

describe(
  'rehearsals',
  { skip: appModes().includes('external-1') ? false : 'needs redis-server and pgbouncer' },
  () => {
    for (const name of Object.keys(REHEARSALS)) {
      test(name, async () => {
        const told: string[] = [];
        await rehearse(name, (line) => void told.push(line));
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
  assert.deepEqual(
    new Set(pages.filter((page) => page !== 'README')),
    new Set(Object.keys(REHEARSALS)),
  );
});

test('a rehearsal that there is not is named, with those that there are', async () => {
  await assert.rejects(
    rehearse('nothing', () => undefined),
    /nothing; there are pool-exhaustion/,
  );
});
