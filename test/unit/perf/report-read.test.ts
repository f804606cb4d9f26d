/** Protects whoever gives the report a wrong file: one line that names the file, the field and what is accepted. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { parseResult, readResult } from '../../../perf/report/read-result.ts';
import type { PerfResult } from '../../../perf/result.ts';
import { sampleCapacity, sampleComparison, sampleResult } from '../../support/perf-result.ts';

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-report-'));
});
after(() => rm(folder, { recursive: true, force: true }));

/** The sample with the field at this path set to something else, or removed. */
function spoiled(path: readonly (string | number)[], value: unknown): unknown {
  const copy: unknown = structuredClone(sampleResult());
  let at = copy as Record<string | number, unknown>;
  for (const step of path.slice(0, -1)) at = at[step] as Record<string | number, unknown>;
  at[path.at(-1) ?? ''] = value;
  return copy;
}

test('what the measurements write is read as it is', async () => {
  for (const result of [sampleResult(), sampleComparison(), sampleCapacity()]) {
    const path = join(folder, 'good.json');
    await writeFile(path, JSON.stringify(result));
    assert.deepEqual(await readResult(path), JSON.parse(JSON.stringify(result)));
  }
});

test('a missing file, a folder, and what is no JSON', async () => {
  await assert.rejects(
    readResult(join(folder, 'none.json')),
    /^Error: .*none\.json does not exist: expected a file that npm run perf,.* wrote$/,
  );
  await assert.rejects(readResult(folder), /is no file/);
  const path = join(folder, 'half.json');
  await writeFile(path, JSON.stringify(sampleResult()).slice(0, 500));
  await assert.rejects(
    readResult(path),
    /^Error: .*half\.json is not JSON \(.*\): expected a file/,
  );
});

test('another schema, or none', () => {
  assert.throws(() => parseResult({ ...sampleResult(), schema: 2 }, 'a.json'), {
    message: 'a.json has schema 2: this revision reads schema 1',
  });
  for (const value of [{}, [], null, 7, 'text'])
    assert.throws(() => parseResult(value, 'a.json'), /a\.json has no schema number/);
});

test('the field that is wrong is named, with what was expected', () => {
  const round = ['scenarios', 0, 'phases', 1, 'rounds', 2];
  const cases: [readonly (string | number)[], unknown, RegExp][] = [
    [
      [...round, 'succeeded'],
      'many',
      /^a\.json: scenarios\[0\]\.phases\[1\]\.rounds\[2\]\.succeeded is wrong: expected number, received string$/,
    ],
    [
      [...round, 'latency', 'p95'],
      undefined,
      /scenarios\[0\]\.phases\[1\]\.rounds\[2\]\.latency\.p95 is missing$/,
    ],
    [[...round, 'server', 'rssBytes'], -1, /server\.rssBytes is wrong: expected number to be >=0$/],
    [[...round, 'requestsPerS'], 1e300, /requestsPerS is wrong: expected number to be <=/],
    [[...round, 'latency', 'curve', 0], [101, 5], /latency\.curve\[0\]\[0\] is wrong/],
    [
      ['scenarios', 0, 'phases', 0, 'loop'],
      'half-open',
      /phases\[0\]\.loop is wrong: .*"closed"\|"open"/,
    ],
    [['scenarios', 0, 'name'], ' ', /scenarios\[0\]\.name is wrong: must not be empty/],
    [['scenarios'], [], /scenarios is wrong: must hold at least one scenario/],
    [['revision', 'commit'], 'main', /revision\.commit is wrong: must be 40 hexadecimal digits/],
    [['createdAt'], 'yesterday', /createdAt is wrong/],
    [['machine'], undefined, /machine is missing/],
  ];
  for (const [path, value, message] of cases) {
    assert.throws(
      () => parseResult(JSON.parse(JSON.stringify(spoiled(path, value))), 'a.json'),
      (error) => {
        assert.ok(error instanceof Error && !error.message.includes('\n'));
        assert.match(error.message, message);
        return true;
      },
    );
  }
  const twice = { ...sampleResult(), command: 5, data: null };
  assert.throws(() => parseResult(twice, 'a.json'), /\(and 1 more\)$/);
});

test('characters that nobody sees do not get in', () => {
  const hidden: PerfResult = { ...sampleResult(), command: ' a\u202eb\u0000c\nd\ud800 ' };
  assert.equal(parseResult(hidden, 'a.json').command, 'ab c d\ufffd');
});
