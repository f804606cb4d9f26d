/** Every task of the worker pool has a handler file, a test and a measurement. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { registry } from '../../workers/registry.ts';
import { trackedFiles } from '../support/tracked-files.ts';

async function mentioning(files: RegExp, text: string): Promise<string[]> {
  const found: string[] = [];
  for (const path of await trackedFiles(files)) {
    if ((await readFile(path, 'utf8')).includes(text)) found.push(path);
  }
  return found;
}

test('every task is exercised by a test', async () => {
  for (const task of Object.keys(registry)) {
    assert.notDeepEqual(
      await mentioning(/^test\/.*\.test\.ts$/, `'${task}'`),
      [],
      `${task} appears in a test`,
    );
  }
});

test('every task has one file of its own', async () => {
  const files = await trackedFiles(/^workers\/tasks\/.*\.ts$/);
  assert.equal(files.length, Object.keys(registry).length, files.join(', '));
});
