/** docs/errors.md lists every error code, from the registry that the program uses. */
import { test } from 'node:test';
import { ERRORS } from '../../src/lib/errors.ts';
import { assertGoldenBlock } from '../support/golden.ts';

test('docs/errors.md lists every code with its status and meaning', async () => {
  const rows = Object.entries(ERRORS).map(([code, spec]) => {
    const retry = 'retryAfterS' in spec ? `${spec.retryAfterS} s` : '–';
    return `| \`${code}\` | ${spec.status} | ${retry} | ${spec.meaning} |`;
  });
  await assertGoldenBlock('docs/errors.md', 'errors', ['| code | status | Retry-After | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n'));
});
