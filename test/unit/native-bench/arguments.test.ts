/** Protects `npm run bench` from bad input: one clear line that says what was wrong and what is accepted. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseBenchArguments } from '../../../native-bench/arguments.ts';

const KNOWN = ['pool', 'poster', 'present', 'ranking'];
const PROGRAM = join(import.meta.dirname, '../../../native-bench/run.js');

test('without names all suites run, with parts of names those that match', () => {
  assert.deepEqual(parseBenchArguments([], KNOWN), {
    suites: KNOWN,
    jsonPath: null,
    records: false,
  });
  const given = parseBenchArguments(['po', 'rank', '--json', 'out.json', '--record'], KNOWN);
  assert.deepEqual(given, {
    suites: ['pool', 'poster', 'ranking'],
    jsonPath: 'out.json',
    records: true,
  });
});

test('a name that matches nothing, an unknown option and a missing value are refused with what is accepted', () => {
  const refusal = (...parameters: string[]) => {
    try {
      parseBenchArguments(parameters, KNOWN);
    } catch (error) {
      assert.ok(error instanceof Error);
      assert.ok(!error.message.includes('\n'), 'one line');
      return error.message;
    }
    return 'accepted';
  };
  assert.equal(
    refusal('rank', 'nosuch'),
    'there is no suite "nosuch": expected a part of pool, poster, present, ranking',
  );
  assert.match(refusal('--fast'), /--fast.*expected \[suite …\] \[--json file\] \[--record\]/);
  assert.match(refusal('--json'), /--json.*expected/);
  assert.match(refusal('--json', ''), /--json needs the path/);
});

function run(...parameters: string[]): Promise<{ code: unknown; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [PROGRAM, ...parameters],
      { timeout: 240_000 },
      (error, stdout, stderr) => {
        resolve({ code: error?.code ?? 0, stdout, stderr });
      },
    );
  });
}

test('the program says so in one line and ends with 1, before anything is measured', async () => {
  const unknown = await run('nosuch');
  assert.equal(unknown.code, 1);
  assert.match(
    unknown.stderr,
    /^\nthere is no suite "nosuch": expected a part of addon-replies, [^\n]*zlib-fflate\n$/,
  );
  assert.equal(unknown.stdout, '');
  const unwritable = await run('ranking', '--json', '/nowhere/at/all.json');
  assert.equal(unwritable.code, 1);
  assert.match(unwritable.stderr, /^\n--json: [^\n]*\/nowhere\/at\/all\.json[^\n]*\n$/);
  assert.equal(unwritable.stdout, '');
});
