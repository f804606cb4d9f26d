/** PostgreSQL opens new log files for ever: their number has a bound, and the end of the newest explains a failed start. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { newestLogTail, pruneLogs } from '../../../../src/platform/postgres-server/server-logs.ts';

describe('logs of the embedded server', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-logs-'));
  });
  after(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  test('a missing or empty folder has nothing to remove and nothing to tell', async () => {
    await pruneLogs(join(folder, 'none'));
    assert.equal(await newestLogTail(join(folder, 'none')), '');
    assert.equal(await newestLogTail(folder), '');
  });

  test('only the newest five stay, and no other file is touched', async () => {
    for (let day = 10; day < 18; day += 1)
      await writeFile(join(folder, `postgres-202611${day}-000000.log`), '');
    await writeFile(join(folder, 'notes.txt'), '');
    await pruneLogs(folder);
    assert.deepEqual((await readdir(folder)).sort(), [
      'notes.txt',
      ...[13, 14, 15, 16, 17].map((day) => `postgres-202611${day}-000000.log`),
    ]);
  });

  test('the end of the newest file is read, however long it is', async () => {
    const noise = '2026-11-21 06:00:05.087 UTC [1] LOG:  nothing of interest\n'.repeat(2000);
    const reason = '2026-11-21 06:00:05.087 UTC [1] FATAL:  could not create any TCP/IP sockets\n';
    await writeFile(
      join(folder, 'postgres-20261118-000000.log'),
      `${noise}${reason}${noise.slice(0, 500)}`,
    );
    const tail = await newestLogTail(folder);
    assert.ok(tail.includes(reason) && tail.length === 8192);
  });
});
