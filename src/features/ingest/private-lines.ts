/** Lines that a profile has brought for itself: some hundred at most, each by itself. */
import type { Buffer } from 'node:buffer';
import { z } from 'zod';
import { AppError } from '../../lib/errors.ts';
import { csvFields } from '../../lib/import-line/csv.ts';
import { lineValue, visitLines, type LineFormat } from '../../lib/import-line/line-values.ts';
import { readStreamLine } from '../../lib/import-line/stream-line.ts';
import type { JsonValue } from '../../lib/json/json-value.ts';
import { JobRefused, type JobContext } from '../../platform/jobs/definition.ts';
import type { Ingest } from './contract.ts';

/** What is the line's own fault; anything else is tried again. */
const REFUSED: ReadonlySet<string> = new Set(['import.bad-line', 'import.no-title']);
/** No other line would fare better. */
const HOPELESS: ReadonlySet<string> = new Set(['import.quota', 'profile.not-found']);

interface Line {
  readonly number: number;
  readonly text: string;
}

/** What is done: `line` is the last one that was looked at. */
const COUNTS = z.object({ line: z.number(), imported: z.number(), refused: z.number() });
type Counts = Readonly<z.infer<typeof COUNTS>>;

/** Resolves with how many went in, and how many were refused, which the log names. */
export async function importPrivateLines(
  ingest: Pick<Ingest, 'importPrivately'>,
  profileId: string,
  format: LineFormat,
  bytes: Buffer,
  context: JobContext,
): Promise<JsonValue> {
  const lines: Line[] = [];
  visitLines(bytes, 1, (number, text) => lines.push({ number, text }));
  const header =
    format === 'csv' ? csvFields(lines.shift()?.text.replace(/^\uFEFF/, '') ?? '') : [];
  let counts = countsOf(context.checkpoint);
  for (const [at, line] of lines.entries()) {
    context.signal.throwIfAborted();
    if (line.number <= counts.line) continue;
    const isIn = await isImported(line.number, context, async () => {
      const { stream, title } = readStreamLine(lineValue(line.text, format, header));
      await ingest.importPrivately(profileId, stream, title, context.signal);
    });
    const { imported, refused } = counts;
    counts = {
      line: line.number,
      imported: isIn ? imported + 1 : imported,
      refused: isIn ? refused : refused + 1,
    };
    const message = `${counts.refused} refused`;
    context.progress({ done: at + 1, total: lines.length, unit: 'lines', message });
    await context.saveCheckpoint({ ...counts });
  }
  return { lines: lines.length, imported: counts.imported, refused: counts.refused };
}

/** False: the line is refused, and the log says why. */
async function isImported(
  number: number,
  context: JobContext,
  run: () => Promise<void>,
): Promise<boolean> {
  try {
    await run();
    return true;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { code, message } = error;
    if (HOPELESS.has(code)) throw new JobRefused(`line ${number}: ${message}`);
    if (!REFUSED.has(code)) throw error;
    context.log('warn', `line ${number}: ${message}`);
    return false;
  }
}

const NOTHING: Counts = { line: 0, imported: 0, refused: 0 };

function countsOf(checkpoint: JsonValue): Counts {
  const stored = COUNTS.safeParse(checkpoint);
  return stored.success ? stored.data : NOTHING;
}
