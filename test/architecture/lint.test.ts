/** Linter, formatter and the search for dead code run as tests, so that they cannot be forgotten. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';

function run(binary: string, parameters: string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(
      `node_modules/.bin/${binary}`,
      parameters,
      { maxBuffer: 16 * 1024 * 1024 },
      (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : 1, output: `${stdout}${stderr}` });
      },
    );
  });
}

test('oxlint has nothing to say', async () => {
  const { code, output } = await run('oxlint', ['--type-aware', '--deny-warnings']);
  assert.equal(code, 0, output.slice(-6000));
});

test('the formatter has nothing to change', async () => {
  const { code, output } = await run('oxfmt', ['--check', '.']);
  assert.equal(code, 0, output.slice(-6000));
});

for (const folder of ['web', 'tools']) {
  test(`${folder}/ type-checks`, async () => {
    const { code, output } = await run('tsc', ['-p', folder]);
    assert.equal(code, 0, output.slice(-6000));
  });
}

test('knip finds no unused file, export or dependency', async () => {
  const { code, output } = await run('knip', ['--no-progress']);
  assert.equal(code, 0, output.slice(-6000));
});
