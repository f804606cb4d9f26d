/**
 * `npm run titles:score -- <cases.jsonl>`: exact match per asserted field of a file of release-title cases (its form:
 * docs/release-titles.md). Paths with folders, and cases that only guessit asserts, are scored apart.
 */
import { readFile } from 'node:fs/promises';
import { exit } from 'node:process';
import { readCases, scoreCases, type GroupScore } from './titles-cases.ts';

const [path] = process.argv.slice(2);
if (path === undefined) {
  console.error('usage: npm run titles:score -- <cases.jsonl>');
  exit(2);
}
try {
  const { titles, guessit, paths } = scoreCases(readCases(await readFile(path, 'utf8')));
  console.log(
    `overall ${percent(titles)} %   (${titles.right} of ${titles.asserted} asserted fields, ${titles.cases} titles)`,
  );
  printFields(titles);
  const all = {
    right: titles.right + guessit.right + paths.right,
    asserted: titles.asserted + guessit.asserted + paths.asserted,
  };
  console.log(
    `\nwith all that is scored apart: ${percent(all)} %   (${all.right} of ${all.asserted})`,
  );
  console.log(
    `\nguessit's own conventions, apart: ${percent(guessit)} % (${guessit.cases} titles)`,
  );
  printFields(guessit);
  console.log(`\npaths with folders, apart: ${percent(paths)} % (${paths.cases} titles)`);
  printFields(paths);
  for (const [name, group] of [
    ['titles', titles],
    ['guessit', guessit],
    ['paths', paths],
  ] as const)
    printMisses(name, group);
} catch (error) {
  console.error(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  exit(1);
}

function percent({
  right,
  asserted,
}: {
  readonly right: number;
  readonly asserted: number;
}): string {
  return (asserted === 0 ? 100 : (100 * right) / asserted).toFixed(1);
}

function printFields({ fields }: GroupScore): void {
  for (const [name, score] of fields) {
    console.log(
      `  ${name.padEnd(20)} ${percent(score).padStart(6)} %   ${score.right} of ${score.asserted}`,
    );
  }
}

function printMisses(name: string, { misses }: GroupScore): void {
  console.log(`\nmisses, ${name}: ${misses.length}`);
  for (const { title, field, expected, got } of misses) {
    const found = got === undefined ? 'nothing' : JSON.stringify(got);
    console.log(
      `  ${field}: expected ${JSON.stringify(expected)}, got ${found}   in ${JSON.stringify(title)}`,
    );
  }
}
