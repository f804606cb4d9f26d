/** Protects the command line of `perf:compare`: what is wrong is told in one line, before anything is started. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readOptions } from '../../../perf/compare/options.ts';

test('without options it is a short run without targets', () => {
  const { targets, rounds, seconds, jsonFile } = readOptions([]);
  assert.deepEqual(targets, []);
  assert.ok(rounds >= 3 && seconds >= 1);
  assert.match(jsonFile, /\.build\/perf\/compare\.json$/);
});

test('targets are repeatable; a slash or manifest.json at the end is left off, a configuration stays', () => {
  const { targets } = readOptions([
    '--target',
    'mine=http://127.0.0.1:7000/',
    '--target',
    'other=https://addon.example/D-abc/manifest.json',
    '--rounds',
    '4',
    '--json',
    'out.json',
  ]);
  assert.deepEqual(targets, [
    { name: 'mine', baseUrl: 'http://127.0.0.1:7000' },
    { name: 'other', baseUrl: 'https://addon.example/D-abc' },
  ]);
});

for (const [parameters, expected] of [
  [
    ['--target', 'http://127.0.0.1:7000'],
    /--target http:\/\/127\.0\.0\.1:7000 is not accepted: expected name=url/,
  ],
  [['--target', 'mine=127.0.0.1:7000'], /"127\.0\.0\.1:7000" is no address of an add-on/],
  [['--target', 'mine=ftp://example.org'], /"ftp:\/\/example\.org" is no address/],
  [['--target', 'sluice=http://127.0.0.1:7000'], /names of the contenders that are always there/],
  [
    ['--target', 'a=http://127.0.0.1:1', '--target', 'a=http://127.0.0.1:2'],
    /--target a is given twice/,
  ],
  [['--rounds', '0'], /--rounds 0: expected a whole number from 1 to 100/],
  [['--seconds', 'x'], /--seconds x: expected/],
  [['--speed'], /Unknown option '--speed'; accepted: npm run perf:compare/],
  [['surplus'], /accepted: npm run perf:compare/],
] as const) {
  test(`refused in one line: ${parameters.join(' ')}`, () => {
    assert.throws(
      () => readOptions(parameters),
      (error: Error) => {
        assert.match(error.message, expected);
        assert.ok(!error.message.includes('\n'));
        return true;
      },
    );
  });
}
