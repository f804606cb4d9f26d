/** What a test run says: a block for each file when it ended, and the summary whose last line is the count. */
import type { NamedTest } from './file-report.ts';
import type { FileRun } from './run-file.ts';
import type { SuiteRun } from './run-suite.ts';

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** A failed test is a failure; so is a test cut off, a file that fails outside of its tests, and a file that never began. */
export function countSuite({ files, notBegun }: SuiteRun): Counts {
  const sum = (of: (file: FileRun) => number) => files.reduce((total, file) => total + of(file), 0);
  return {
    passed: sum(({ report }) => report.passed),
    failed:
      sum(
        (file) =>
          file.report.failed.length + file.report.unfinished.length + Number(failsOutside(file)),
      ) + notBegun.length,
    skipped: sum(({ report }) => report.skipped.length),
  };
}

/** Ended badly, and none of its tests says why. */
function failsOutside({ cutOff, badEnd, report }: FileRun): boolean {
  return (
    (cutOff !== null || badEnd !== null) &&
    report.failed.length === 0 &&
    report.unfinished.length === 0
  );
}

/** One line when all is well; otherwise what failed and everything that the file printed. */
export function fileText(file: FileRun): string {
  const { report, durationMs } = file;
  const { passed, failed } = countSuite({ files: [file], notBegun: [] });
  const outcome =
    failed === 0
      ? `✔ ${file.name}: ${passed} tests`
      : `✖ ${file.name}: ${failed} of ${passed + failed} tests failed`;
  const lines = [`${outcome} (${(durationMs / 1000).toFixed(1)} s)`];
  for (const { path, detail } of report.skipped)
    lines.push(`  ﹣ ${path}${detail === '' ? '' : ` # ${detail}`}`);
  if (failed === 0) return `${lines.join('\n')}\n`;
  for (const { path, detail } of report.failed) lines.push(`  ✖ ${path}`, indent(detail));
  for (const line of endText(file)) lines.push(`  ✖ ${line}`);
  for (const note of report.notes) lines.push(`  ℹ ${note}`);
  if (file.output !== '') lines.push('  what it printed:', indent(file.output.trimEnd()));
  return `${lines.join('\n')}\n`;
}

/** How a file came to a bad end, and which tests that left. */
function endText({ cutOff, badEnd, report }: FileRun): string[] {
  if (cutOff === null && badEnd === null) return [];
  const lines = [];
  if (cutOff !== null) lines.push(`cut off: ${cutOff}`);
  else if (report.failed.length === 0) lines.push(`the file's process ${badEnd ?? ''}`);
  for (const path of report.unfinished) lines.push(`had begun and did not end: ${path}`);
  for (const path of report.notBegun) lines.push(`did not begin: ${path}`);
  if (cutOff !== null && report.unfinished.length === 0 && report.notBegun.length === 0) {
    lines.push('no test of it is known to be unfinished: something keeps its process open or busy');
  }
  return lines;
}

/** Everything that went wrong, by name, and the closing line alone at the end. */
export function summaryText(suite: SuiteRun, leaks: readonly string[]): string {
  const bad = suite.files.flatMap((file) => [
    ...file.report.failed.map(({ path }: NamedTest) => `✖ ${file.name}: ${path}`),
    ...endText(file).map((line) => `✖ ${file.name}: ${line}`),
  ]);
  for (const name of suite.notBegun) bad.push(`✖ ${name}: the file never began`);
  for (const leak of leaks) bad.push(`✖ left behind: ${leak}`);
  const { passed, failed, skipped } = countSuite(suite);
  const closing = `${passed} passed, ${failed + leaks.length} failed, ${skipped} skipped`;
  return `\n${bad.length === 0 ? '' : `What failed:\n${bad.join('\n')}\n\n`}${closing}\n`;
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');
}
