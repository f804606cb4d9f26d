/** docs/debrid.md lists every failure of services with the video that is shown for it, from the table that the program uses. */
import { test } from 'node:test';
import { FAILURES } from '../../src/features/debrid/failures.ts';
import { EXCEPTION_MESSAGES } from '../../src/lib/exception-videos/messages.ts';
import { ERRORS, type ErrorCode } from '../../src/lib/errors.ts';
import { assertGoldenBlock } from '../support/golden.ts';

test('docs/debrid.md lists every failure with its video', async () => {
  const rows = Object.entries(FAILURES).map(([code, { video }]) => {
    const { meaning } = ERRORS[code as ErrorCode];
    return `| \`${code}\` | ${meaning} | \`${video}\`: ${EXCEPTION_MESSAGES[video].title} |`;
  });
  await assertGoldenBlock(
    'docs/debrid.md',
    'debrid-failures',
    ['| code | meaning | video |', '| --- | --- | --- |', ...rows].join('\n'),
  );
});
