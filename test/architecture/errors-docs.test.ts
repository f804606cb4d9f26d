/** docs/errors.md lists every error code, from the registry that the program uses. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { ERRORS } from '../../src/lib/errors.ts';
import { assertGoldenBlock } from '../support/golden.ts';
import { trackedFiles } from '../support/tracked-files.ts';

test('docs/errors.md lists every code with its status and meaning', async () => {
  const rows = Object.entries(ERRORS).map(([code, spec]) => {
    const retry = 'retryAfterS' in spec ? `${spec.retryAfterS} s` : '–';
    return `| \`${code}\` | ${spec.status} | ${retry} | ${spec.meaning} |`;
  });
  await assertGoldenBlock(
    'docs/errors.md',
    'errors',
    ['| code | status | Retry-After | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n'),
  );
});

test('every code of the registry is thrown somewhere', async () => {
  const paths = (await trackedFiles(/^(src|workers)\/.*\.ts$/)).filter(
    (path) => path !== 'src/lib/errors.ts',
  );
  const source = (await Promise.all(paths.map((path) => readFile(path, 'utf8')))).join('\n');
  assert.deepEqual(
    Object.keys(ERRORS).filter((code) => !source.includes(`'${code}'`)),
    [],
  );
});
