/** Protects name filters: users' expressions match what they say, and the worst of them costs milliseconds. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkExpressions, compileExpressions, compileTexts } from '../../../../src/lib/name-filter/name-filter.ts';
import { cpuClock } from '../../../support/cpu-time.ts';

test('plain texts match anywhere, in either case', () => {
  const matches = compileTexts(['CAM', 'web.dl', '(']);
  assert.deepEqual(['Sintel.HDcam', 'A.WEB.DL', 'A (b)', 'Sintel.BluRay'].map(matches), [true, true, true, false]);
});

test('expressions are joined: any of them matches; case does not matter', () => {
  const matches = compileExpressions(['\\b(cam|telesync)\\b', '^sintel', '\\d{4}$']);
  assert.deepEqual(['Movie.CAM.2020.x', 'SINTEL.x', 'movie 2010', 'camera'].map(matches), [true, true, true, false]);
});

test('what cannot be compiled is named per pattern, and the others still work', () => {
  const problems = checkExpressions(['(a', 'ok', 'a{2000}', '(?=x)', '\\1']);
  assert.deepEqual(problems.map((problem) => problem === null), [false, true, false, false, false]);
  assert.equal(compileExpressions(['(a', 'ok'])('it is OK'), true);
  assert.equal(compileExpressions(['(a'])('(a'), false);
});

test('expressions too large together are refused', () => {
  const problems = checkExpressions(Array.from({ length: 10 }, () => '[a-z]{900}'));
  assert.equal(problems[0], null);
  assert.match(problems[9] ?? '', /too large together/);
});

test('expressions that explode elsewhere take milliseconds here', () => {
  const hostile = ['(a+)+$', '(x+x+)+y', '(.*){1,32}[bc]', '(.*a){20}', '([a-zA-Z]+)*$', '(a|aa)+$', '(a|a?)+$', '.*.*.*.*=.*'];
  const matches = compileExpressions(hostile);
  const name = `${'a'.repeat(900)}!`;
  const usedMs = cpuClock();
  for (let turn = 0; turn < 200; turn++) matches(name + String(turn));
  const cpuMs = usedMs();
  assert.ok(cpuMs < 5000, `200 names of 900 characters in ${cpuMs} ms`);
});
