/** Protects name filters: users' expressions match what they say, and the worst of them costs milliseconds. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CHECK_WORK_MAX,
  checkExpressions,
  compileExpressions,
  compileTexts,
  INSTRUCTIONS_MAX,
} from '../../../../src/lib/name-filter/name-filter.ts';
import { cpuClock } from '../../../support/cpu-time.ts';

test('plain texts match anywhere, in either case', () => {
  const matches = compileTexts(['CAM', 'web.dl', '(']);
  assert.deepEqual(['Sintel.HDcam', 'A.WEB.DL', 'A (b)', 'Sintel.BluRay'].map(matches), [
    true,
    true,
    true,
    false,
  ]);
});

test('expressions are joined: any of them matches; case does not matter', () => {
  const matches = compileExpressions(['\\b(cam|telesync)\\b', '^sintel', '\\d{4}$']);
  assert.deepEqual(['Movie.CAM.2020.x', 'SINTEL.x', 'movie 2010', 'camera'].map(matches), [
    true,
    true,
    true,
    false,
  ]);
});

test('what cannot be compiled is named per pattern, and the others still work', () => {
  const problems = checkExpressions(['(a', 'ok', 'a{2000}', '(?=x)', '\\1']);
  assert.deepEqual(
    problems.map((problem) => problem === null),
    [false, true, false, false, false],
  );
  assert.equal(compileExpressions(['(a', 'ok'])('it is OK'), true);
  assert.equal(compileExpressions(['(a'])('(a'), false);
});

test('the bound is that of all instructions, with repetitions written out; the refusal says the figure', () => {
  // A character and its repetition are one instruction each, and two more for the ends.
  const atTheBound = `a{${INSTRUCTIONS_MAX - 2}}`;
  assert.deepEqual(checkExpressions([atTheBound]), [null]);
  const [problem] = checkExpressions([`${atTheBound}b`]);
  assert.match(problem ?? '', /too large together: 1001 instructions .* at most 1000/);
  const problems = checkExpressions(Array.from({ length: 10 }, () => '[a-z]{600}'));
  assert.deepEqual(
    problems.map((text) => text?.split(':')[0] ?? null),
    [null, 'the expressions are too large together', ...Array<string>(8).fill('not looked at')],
  );
  assert.equal(
    compileExpressions(['cam', `${atTheBound}b`])('a CAM'),
    true,
    'the others still work',
  );
});

test('instructions times names are bounded, too', () => {
  const pattern = 'a{498}';
  assert.deepEqual(checkExpressions([pattern], CHECK_WORK_MAX / 500), [null]);
  assert.match(
    checkExpressions([pattern], CHECK_WORK_MAX / 500 + 1)[0] ?? '',
    /500 instructions × 201 names = 100500, at most 100000/,
  );
});

test('a short expression that is huge when written out is built once, and the next ones are not', () => {
  const huge = `(${'a?'.repeat(55)}){1000}`;
  const alone = timeOf(() => checkExpressions([huge]));
  const many = timeOf(() => checkExpressions(Array.from({ length: 10 }, () => huge)));
  assert.ok(many < 4 * alone + 500, `${many} ms for ten, ${alone} ms for one`);
});

function timeOf(work: () => void): number {
  const startedAt = performance.now();
  work();
  return performance.now() - startedAt;
}

test('expressions that explode elsewhere take milliseconds here', () => {
  const hostile = [
    '(a+)+$',
    '(x+x+)+y',
    '(.*){1,32}[bc]',
    '(.*a){20}',
    '([a-zA-Z]+)*$',
    '(a|aa)+$',
    '(a|a?)+$',
    '.*.*.*.*=.*',
  ];
  const matches = compileExpressions(hostile);
  const name = `${'a'.repeat(900)}!`;
  const usedMs = cpuClock();
  for (let turn = 0; turn < 200; turn++) matches(name + String(turn));
  const cpuMs = usedMs();
  assert.ok(cpuMs < 5000, `200 names of 900 characters in ${cpuMs} ms`);
});
