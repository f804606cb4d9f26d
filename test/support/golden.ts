/** Golden files: generated text compared with what is checked in. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';

/** Fails when `path` differs from `actual`; `SLUICE_UPDATE_GOLDEN=1` rewrites the file instead. */
export async function assertGolden(path: string, actual: string): Promise<void> {
  if (process.env['SLUICE_UPDATE_GOLDEN'] === '1') await writeFile(path, actual);
  const expected = await readFile(path, 'utf8').catch(() => '');
  assert.equal(
    actual,
    expected,
    `${path} is out of date: run the tests with SLUICE_UPDATE_GOLDEN=1 and review the change`,
  );
}

/** Like `assertGolden` for the part of a file between `<!-- name:begin -->` and `<!-- name:end -->`. */
export async function assertGoldenBlock(path: string, name: string, actual: string): Promise<void> {
  const begin = `<!-- ${name}:begin -->`;
  const end = `<!-- ${name}:end -->`;
  const whole = await readFile(path, 'utf8');
  const from = whole.indexOf(begin);
  const to = whole.indexOf(end);
  assert.ok(from !== -1 && to > from, `${path} has the markers ${begin} and ${end}`);
  const updated = `${whole.slice(0, from + begin.length)}\n${actual}\n${whole.slice(to)}`;
  await assertGolden(path, updated);
}
