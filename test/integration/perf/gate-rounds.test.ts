/** Protects that the gate measures what it says: real servers of two builds, the injected delay, servers that do not start. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { BURN_VARIABLE } from '../../../perf/gate/burn.ts';
import { GateError } from '../../../perf/gate/gate-error.ts';
import { ScenarioRounds, type Program, type RoundSettings } from '../../../perf/gate/rounds.ts';
import { openBenchData, type BenchData } from '../../../perf/harness/bench-data.ts';
import { loadScenarioOf } from '../../../perf/scenarios/table.ts';
import { packagePath } from '../../../src/platform/config/package-root.ts';
import { processesMentioning } from '../../support/processes.ts';

const ROOT = packagePath('.');
const SAME: Program = { root: ROOT, name: 'the head' };

function settings(data: BenchData, base: Program, head: Program): RoundSettings {
  return {
    data,
    programs: { base, head },
    partS: 1,
    warmUpSMax: 1,
    signal: new AbortController().signal,
  };
}

/** Of both sides, each stopped while the other runs: an overload guard that is on refuses most of it, and the pair fails. */
async function measuredPair(data: BenchData, head: Program) {
  const rounds = new ScenarioRounds(loadScenarioOf('stream-repeat'), settings(data, SAME, head));
  await using session = await rounds.open();
  return await session.measurePair(true);
}

test('a round of either side has every figure, and an injected delay is seen as processor time', async () => {
  await using data = await openBenchData({
    seed: null,
    folder: null,
    needsRedis: false,
    progress: () => undefined,
  });
  const slowed: Program = {
    ...SAME,
    imports: [packagePath('dist/perf/gate/burn.js')],
    environment: { [BURN_VARIABLE]: '1000000' },
  };
  const { base, head } = await measuredPair(data, slowed);
  for (const sample of [base, head]) {
    for (const [name, value] of Object.entries(sample))
      assert.ok(value !== null && value > 0, `${name} is ${value}`);
  }
  const [was, is] = [base.cpu ?? 0, head.cpu ?? 0];
  assert.ok(is - was > 300 && is - was < 10_000, `a million turns of work took ${is - was} µs`);
});

test('a base that does not start is told with what it said, and no server is left', async () => {
  const root = await mkdtemp(join(tmpdir(), 'sluice-broken-'));
  try {
    await mkdir(join(root, 'dist/src'), { recursive: true });
    await writeFile(
      join(root, 'dist/src/main.js'),
      'console.error("the schema is newer than this program"); process.exitCode = 1;\n',
    );
    const nothing = {
      postgresUri: 'postgres://nobody@127.0.0.1:1/none',
      redisUrl: null,
      emptyRedis: () => Promise.resolve(),
    } as unknown as BenchData;
    const broken: Program = { root, name: 'the base abc' };
    const rounds = new ScenarioRounds(loadScenarioOf('manifest'), settings(nothing, broken, SAME));
    await assert.rejects(rounds.open(), (error: unknown) => {
      assert.ok(error instanceof GateError);
      assert.equal(error.kind, 'incomparable');
      assert.equal(
        error.message,
        'the base abc does not start on its data: the server ended: the schema is newer than this program',
      );
      return true;
    });
    assert.deepEqual(await processesMentioning(root), []);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});

/** The command itself: exit code and what it said. */
function runGate(
  ...parameters: string[]
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [packagePath('dist/perf/gate.js'), ...parameters], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (bytes: Buffer) => {
      stdout += bytes.toString();
    });
    child.stderr.on('data', (bytes: Buffer) => {
      stderr += bytes.toString();
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

test('bad input is one line and exit code 2; without a base the short form says so and is no failure', async () => {
  assert.deepEqual(await runGate('--base', 'HEAD', '--budget', 'x'), {
    code: 2,
    stdout: '',
    stderr: 'perf:gate: --budget x: expected a duration from 10s to 12h, such as 90s or 10m\n',
  });
  const unknown = await runGate('--base', 'HEAD', '--scenario', 'nothing');
  assert.equal(unknown.code, 2);
  assert.match(
    unknown.stderr,
    /^perf:gate: --scenario nothing: no perf\/gates\/nothing\.json; those with limits are .*stream-distinct.*\n$/,
  );
  const missing = await runGate('--base', 'no-such-revision');
  assert.equal(missing.code, 2);
  assert.match(missing.stderr, /^perf:gate: (there is no revision|this is no git checkout).*\n$/);
  const short = await runGate('--base', 'no-such-revision', '--short');
  assert.deepEqual([short.code, short.stderr], [0, '']);
  assert.match(
    short.stdout,
    /^perf:gate skipped: (there is no revision "no-such-revision"|this is no git checkout)/,
  );
});
