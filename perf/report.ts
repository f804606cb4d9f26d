/**
 * `npm run perf:report -- A.json [B.json] [--out folder-or-basename]`: one result, or two side by side, as Markdown and as a
 * page of its own (HTML without scripts, fonts or anything from elsewhere). Without `--out` both lie beside the first result.
 */
import { parseArgs } from 'node:util';
import { renderMarkdown } from './report/markdown.ts';
import { buildModel } from './report/model.ts';
import { outputPaths, writeOutput } from './report/output.ts';
import { renderPage } from './report/page.ts';
import { BadInput, readResult } from './report/read-result.ts';

const USAGE = 'npm run perf:report -- A.json [B.json] [--out folder-or-basename]';

function readParameters(): { readonly inputs: readonly string[]; readonly out: string | undefined } {
  try {
    const { values, positionals } = parseArgs({ options: { out: { type: 'string' } }, allowPositionals: true });
    if (positionals.length < 1 || positionals.length > 2) {
      throw new BadInput(`${positionals.length} result files are named, expected one or two: ${USAGE}`);
    }
    return { inputs: positionals, out: values.out };
  } catch (error) {
    if (error instanceof BadInput) throw error;
    throw new BadInput(`${error instanceof Error ? error.message.split('.')[0] : String(error)}. Usage: ${USAGE}`);
  }
}

try {
  const { inputs, out } = readParameters();
  const model = buildModel(await Promise.all(inputs.map((path) => readResult(path))));
  const paths = await outputPaths(inputs, out);
  await writeOutput(paths.markdown, renderMarkdown(model));
  await writeOutput(paths.html, renderPage(model));
  console.log(`${paths.markdown}\n${paths.html}`);
} catch (error) {
  if (!(error instanceof BadInput)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
