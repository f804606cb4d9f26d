/** Protects what users type and read: options, limit files, tables, messages. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { GateError, lastLines, messageOf } from '../../../perf/gate/gate-error.ts';
import { gatedScenarios, readGates } from '../../../perf/gate/limits.ts';
import { readOptions } from '../../../perf/gate/options.ts';
import {
  effortOf,
  markdownReport,
  summaryOf,
  tableRows,
  textTable,
  type GateReport,
} from '../../../perf/gate/report.ts';
import { loadScenarioOf } from '../../../perf/scenarios/table.ts';
import type { ScenarioVerdict } from '../../../perf/gate/compare.ts';

function complaint(...parameters: string[]): string {
  try {
    readOptions(parameters);
  } catch (error) {
    assert.ok(error instanceof GateError);
    return error.message;
  }
  throw new Error('nothing was wrong');
}

test('options are read, with a budget by form', () => {
  const command = readOptions([
    '--base',
    'origin/main',
    '--scenario',
    'a, b',
    '--short',
    '--budget',
    '90s',
    '--json',
    'x.json',
  ]);
  assert.deepEqual(command, {
    kind: 'gate',
    options: {
      base: 'origin/main',
      scenarios: ['a', 'b'],
      budgetMs: 90_000,
      isShort: true,
      isStrict: false,
      jsonFile: 'x.json',
      reportFile: null,
    },
  });
  assert.deepEqual(readOptions(['--self-test', '--report', 'r.md']), {
    kind: 'self-test',
    reportFile: 'r.md',
  });
  assert.deepEqual(readOptions(['--help']), { kind: 'help' });
});

test('wrong options are told in one line that says what is accepted', () => {
  assert.match(complaint(), /^--base is missing: .*--base origin\/main/);
  assert.match(
    complaint('--base', 'x', '--budget', 'soon'),
    /^--budget soon: expected a duration from 10s to 12h/,
  );
  assert.match(complaint('--base', 'x', '--budget', '1s'), /expected a duration/);
  assert.match(complaint('--bass', 'x'), /--bass.*--help/);
  assert.match(complaint('x'), /'x'/);
});

async function withGates(
  files: Readonly<Record<string, string>>,
  run: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-limits-'));
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    await run(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const DEFAULT = JSON.stringify({
  confidence: 0.95,
  limits: { cpu: 10, p95: 10, p99: 20, requestsPerS: 10, rss: 20 },
  shortLimits: { cpu: 20, p95: 30, p99: 60, requestsPerS: 25, rss: null },
});

test("a scenario's file says only what differs", async () => {
  const files = {
    'default.json': DEFAULT,
    'a.json': '{ "forms": ["short"], "limits": { "p95": 15, "p99": null } }',
    'b.json': '{}',
  };
  await withGates(files, async (folder) => {
    const gates = await readGates(folder);
    assert.deepEqual(gates.get('a'), {
      forms: ['short'],
      confidence: 0.95,
      limits: { cpu: 10, p95: 15, p99: null, requestsPerS: 10, rss: 20 },
      shortLimits: { cpu: 20, p95: 30, p99: 60, requestsPerS: 25, rss: null },
    });
    assert.deepEqual(gatedScenarios(gates, null, 'short'), ['a']);
    assert.deepEqual(gatedScenarios(gates, null, 'full'), ['b']);
    assert.deepEqual(gatedScenarios(gates, ['b', 'b'], 'short'), ['b']);
    assert.throws(
      () => gatedScenarios(gates, ['c'], 'full'),
      /^GateError: --scenario c: no perf\/gates\/c\.json; those with limits are a, b$/,
    );
  });
});

test('a wrong limit file is named with its key', async () => {
  const message = async (own: string | null, common: string | null = DEFAULT) => {
    const files = {
      ...(common === null ? {} : { 'default.json': common }),
      ...(own === null ? {} : { 'a.json': own }),
    };
    let said = '';
    await withGates(files, async (folder) => {
      await readGates(folder).catch((error: unknown) => {
        said = messageOf(error);
      });
    });
    return said;
  };
  assert.match(await message(null, null), /^perf\/gates\/default\.json: there is no such file$/);
  assert.match(
    await message('{ "limits": { "cpu": "ten" } }'),
    /^perf\/gates\/a\.json: limits\.cpu: .*number/,
  );
  assert.match(await message('{ "limits": { "cpu": -1 } }'), /a\.json: limits\.cpu: /);
  assert.match(await message('{ "limit": {} }'), /a\.json: .*"limit"/);
  assert.match(await message(null, '{ "confidence": 0.95 }'), /default\.json: limits: /);
  assert.match(await message(null, '{'), /default\.json: .*JSON/);
});

test('every gated scenario of the repository exists and is a steady load', async () => {
  const gates = await readGates();
  for (const name of gates.keys()) assert.equal(loadScenarioOf(name).name, name);
  assert.deepEqual(gatedScenarios(gates, null, 'short'), [
    'manifest',
    'stream-distinct',
    'stream-repeat',
  ]);
});

const SCENARIO: ScenarioVerdict = {
  scenario: 'stream-distinct',
  verdict: 'fail',
  pairs: [],
  ended: 'decided',
  metrics: [
    {
      metric: 'cpu',
      base: 200,
      head: 240,
      worsening: Math.log(1.2),
      lower: Math.log(1.17),
      upper: Math.log(1.23),
      limitPercent: 10,
      verdict: 'fail',
    },
    {
      metric: 'p95',
      base: 12_000,
      head: 11_000,
      worsening: -0.1,
      lower: -Infinity,
      upper: 0.2,
      limitPercent: 10,
      verdict: 'undecided',
    },
    {
      metric: 'requestsPerS',
      base: 4000,
      head: 5000,
      worsening: -Math.log(1.25),
      lower: -Math.log(1.3),
      upper: -Math.log(1.2),
      limitPercent: 10,
      verdict: 'pass',
    },
    {
      metric: 'rss',
      base: 2 ** 27,
      head: 2 ** 27,
      worsening: 0,
      lower: 0,
      upper: 0,
      limitPercent: null,
      verdict: 'reported',
    },
  ],
};

test('the effort names what nobody waited for, but not where all of it is open', () => {
  assert.equal(
    effortOf(SCENARIO),
    '0 pairs of rounds, decided; not told apart from its limit: p95',
  );
  assert.equal(
    effortOf({ ...SCENARIO, verdict: 'undecided', ended: 'time is up' }),
    '0 pairs of rounds, time is up',
  );
  assert.equal(
    effortOf({ ...SCENARIO, metrics: [], othersShare: 0.4 }),
    '0 pairs of rounds, decided; other programs used 40 % of the machine',
  );
});

test('the table shows figures, changes and limits the way they are read', () => {
  assert.deepEqual(tableRows([SCENARIO]), [
    [
      'stream-distinct',
      'CPU a request',
      '200 µs',
      '240 µs',
      '+20.0 %',
      '+17.0 % … +23.0 %',
      '+10.0 %',
      'REGRESSION',
    ],
    ['', 'p95', '12.0 ms', '11.0 ms', '−9.5 %', '? … +22.1 %', '+10.0 %', 'undecided'],
    ['', 'requests/s', '4000', '5000', '+25.0 %', '+20.0 % … +30.0 %', '−9.1 %', 'ok, better'],
    ['', 'RSS', '128.0 MiB', '128.0 MiB', '+0.0 %', '+0.0 % … +0.0 %', 'none', 'reported only'],
  ]);
  const [heading = '', ruler = '', first = ''] = textTable(tableRows([SCENARIO])).split('\n');
  assert.equal(heading.indexOf('verdict'), first.indexOf('REGRESSION'));
  assert.match(ruler, /^─+(  ─+)+$/);
});

test('the sum says which scenario regressed, and that undecided is no pass', () => {
  const other: ScenarioVerdict = {
    scenario: 'manifest',
    verdict: 'undecided',
    pairs: [],
    metrics: [],
    ended: 'time is up',
  };
  assert.deepEqual(summaryOf([SCENARIO, other]), {
    verdict: 'fail',
    summary: 'regression in stream-distinct; undecided: manifest',
  });
  assert.deepEqual(summaryOf([other]), {
    verdict: 'undecided',
    summary: 'undecided, which is no pass: manifest',
  });
  assert.deepEqual(summaryOf([{ ...SCENARIO, verdict: 'pass' }]), {
    verdict: 'pass',
    summary: 'passed, 1 scenario',
  });
});

test('the Markdown carries the mark by which the workflow finds its comment, and escapes what commits are called', () => {
  const report: GateReport = {
    schema: 1,
    createdAt: '2026-01-01T00:00:00.000Z',
    isShort: false,
    machine: null,
    data: null,
    verdict: 'fail',
    summary: 'regression in stream-distinct',
    base: { id: 'a'.repeat(40), subject: 'one' },
    head: { id: 'b'.repeat(40), subject: 'a <b> & | c', isModified: true },
    scenarios: [SCENARIO],
  };
  const text = markdownReport(report);
  assert.ok(
    text.startsWith(
      '<!-- sluice perf:gate -->\n### Performance gate: regression in stream-distinct',
    ),
  );
  assert.match(
    text,
    /bbbbbbbbbb with changes \(`a <b> & \| c`\) against base aaaaaaaaaa \(`one`\)/,
  );
  assert.match(text, /\| stream-distinct \| CPU a request \| 200 µs \|/);
});

test('what programs say becomes one line, and a full disk is called by its name', async () => {
  assert.equal(lastLines('one\n\n  two \nthree\nfour\nfive\n'), 'two | three | four | five');
  assert.equal(lastLines(' \n'), 'it said nothing');
  const full = await writeFile('/dev/full', 'x').then(
    () => null,
    (error: unknown) => error,
  );
  assert.match(messageOf(full), /^the disk is full: ENOSPC/);
  assert.match(
    messageOf(new GateError('broken', 'fatal: write error: No space left on device')),
    /^the disk is full: /,
  );
  assert.equal(messageOf(new Error('a\n  b')), 'a | b');
});
