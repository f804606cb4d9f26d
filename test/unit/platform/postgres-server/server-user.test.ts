/** Whether the user of PostgreSQL can walk to a folder decides where its files go. */
import assert from 'node:assert/strict';
import { chmod, chown, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  isReachableFor,
  serverUser,
} from '../../../../src/platform/postgres-server/server-user.ts';

const STRANGER = { uid: 54_321, gid: 54_321 };
const isRoot = process.getuid?.() === 0;

describe('the user of PostgreSQL', () => {
  let folder = '';
  let inner = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-reach-'));
    inner = join(folder, 'inner');
    await mkdir(inner);
  });
  after(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  test('needs the search bit of every parent, and may read the folder itself', async () => {
    for (const [parent, own, expected] of [
      [0o755, 0o755, true],
      [0o711, 0o755, true],
      [0o700, 0o755, false],
      [0o755, 0o711, false],
      [0o755, 0o700, false],
    ] as const) {
      await chmod(folder, parent);
      await chmod(inner, own);
      assert.equal(
        await isReachableFor(STRANGER, inner),
        expected,
        `${parent.toString(8)} ${own.toString(8)}`,
      );
    }
  });

  test('does not care for folders that do not exist yet', async () => {
    await chmod(folder, 0o755);
    assert.equal(await isReachableFor(STRANGER, join(folder, 'a/b')), true);
    await chmod(folder, 0o700);
    assert.equal(await isReachableFor(STRANGER, join(folder, 'a/b')), false);
  });

  test(
    'as owner is judged by the bits of the owner, even where others may enter',
    { skip: !isRoot && 'needs root' },
    async () => {
      await chmod(folder, 0o755);
      await chown(inner, STRANGER.uid, STRANGER.gid);
      await chmod(inner, 0o077);
      assert.equal(await isReachableFor(STRANGER, inner), false);
      await chmod(inner, 0o700);
      assert.equal(await isReachableFor(STRANGER, inner), true);
    },
  );

  test('is ourselves without root; for root the owner of what is there, or nobody', async () => {
    if (!isRoot) return assert.equal(await serverUser(inner), null);
    await chown(inner, STRANGER.uid, STRANGER.gid);
    assert.deepEqual(await serverUser(inner), STRANGER);
    await chown(inner, 0, 0);
    assert.deepEqual(await serverUser(inner), { uid: 65_534, gid: 65_534 });
    assert.deepEqual(await serverUser(join(folder, 'none')), { uid: 65_534, gid: 65_534 });
  });
});
