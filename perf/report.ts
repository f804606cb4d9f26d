/**
 * `npm run perf:report -- A.json [B.json] [--out folder-or-basename]`: one result, or two side by side, as Markdown and as a
 * page of its own (HTML without scripts, fonts or anything from elsewhere). Without `--out` both lie beside the first result.
 */
import { readArguments, runCommand } from './harness/command.ts';
import { renderMarkdown } from './report/markdown.ts';
import { buildModel } from './report/model.ts';
import { outputPaths, writeOutput } from './report/output.ts';
import { renderPage } from './report/page.ts';
import { readResult } from './report/read-result.ts';

const USAGE = 'npm run perf:report -- A.json [B.json] [--out folder-or-basename]';

async function main(): Promise<void> {
  const { values, positionals } = readArguments(USAGE, {
    options: { out: { type: 'string' } },
    allowPositionals: true,
  });
  if (positionals.length < 1 || positionals.length > 2) {
    throw new Error(`${positionals.length} result files are named, expected one or two: ${USAGE}`);
  }
  const model = buildModel(await Promise.all(positionals.map((path) => readResult(path))));
  const paths = await outputPaths(positionals, values.out);
  await writeOutput(paths.markdown, renderMarkdown(model));
  await writeOutput(paths.html, renderPage(model));
  process.stdout.write(`${paths.markdown}\n${paths.html}\n`);
}

await runCommand(main);
