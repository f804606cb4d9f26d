/** Protects the bench from one bad suite: its process fails, or is stopped, and the caller hears why. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measureInProcess } from '../../../native-bench/suite-process.ts';
import type { SuiteReport } from '../../../native-bench/measure.ts';

const NEVER = new AbortController().signal;

function listener(onRound: (round: number) => void = () => undefined) {
  const reports: SuiteReport[] = [];
  return { reports, onRound, onReport: (report: SuiteReport) => void reports.push(report) };
}

test('a suite that cannot be opened is an error that says why', async () => {
  await assert.rejects(measureInProcess('nosuch', listener(), NEVER), /nosuch\.bench\.js/);
});

test('a file of suites reports each of them, round by round', async () => {
  const rounds: number[] = [];
  const heard = listener((round) => void rounds.push(round));
  await measureInProcess('media-id', heard, NEVER);
  assert.deepEqual(rounds, [0, 1, 2, 3, 4]);
  assert.deepEqual(
    heard.reports.map(({ name }) => name),
    ['ids and segments'],
  );
  assert.ok((heard.reports[0]?.rows[0]?.figures.p50Us ?? 0) > 0);
});

test('a stopped suite ends soon and reports nothing, though its contenders wait for nothing', async () => {
  const control = new AbortController();
  const heard = listener(() => control.abort(new Error('interrupted')));
  const startedMs = performance.now();
  await assert.rejects(measureInProcess('byte-writer', heard, control.signal), /interrupted/);
  assert.ok(performance.now() - startedMs < 60_000);
  assert.deepEqual(heard.reports, []);
});

test('a suite that takes too long is stopped, and the caller hears how long it may take', async () => {
  const heard = listener();
  await assert.rejects(
    measureInProcess('byte-writer', heard, NEVER, 300),
    /a suite took longer than 0\.3 s and was stopped/,
  );
  assert.deepEqual(heard.reports, []);
});
