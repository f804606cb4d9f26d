/** The role `export`: every stream with its titles as lines that `import` reads, on standard output. */
import { once } from 'node:events';
import type { Transform } from 'node:stream';
import { dumpLibrary } from '../features/ingest/feature.ts';
import { compressor, type Compression } from '../lib/compression/compression.ts';
import { DisposeStack } from '../lib/async/dispose-stack.ts';
import { AppError } from '../lib/errors.ts';
import { StartError } from '../lib/start-error.ts';
import { openBulkLoad } from '../platform/db/bulk-load.ts';
import { disposeQuietly } from './drain.ts';
import { parseExport } from './export-arguments.ts';
import { exportStrm } from './export-strm.ts';
import { openOwnDatabase } from './own-database.ts';
import type { RoleContext } from './role-context.ts';
import { writeOut } from './write-out.ts';

const tell = (text: string) => {
  process.stderr.write(`${text}\n`);
};

/** @throws StartError when there is nothing to export, or nowhere to write it */
export async function exportLines(context: RoleContext): Promise<void> {
  const { compression, strm } = parseExport(context.parameters);
  if (strm !== null) return exportStrm(context, strm);
  if (process.stdout.isTTY)
    throw new StartError(
      'export writes to standard output: expected it to lead to a file (… > library.ndjson)',
    );
  const through = compression === null ? null : compressorFor(compression);
  const stack = new DisposeStack();
  try {
    const { config, logger, stop } = context;
    const { migrateUri: uri } = await openOwnDatabase(context, stack, tell, false);
    const connectTimeoutMs = config.DB_CONNECT_TIMEOUT_MS;
    const load = stack.use(await openBulkLoad({ uri, connectTimeoutMs, signal: stop }, logger));
    const lines = await (through === null ? dumpLibrary(load, write) : compressed(load, through));
    tell(`Exported ${lines} lines`);
  } finally {
    await disposeQuietly(stack, context.logger);
  }
}

function write(lines: string): Promise<void> {
  return writeOut(Buffer.from(lines));
}

/** @throws StartError where this Node.js has none */
function compressorFor(compression: Compression): Transform {
  try {
    return compressor(compression);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new StartError(`export --${compression}: ${error.message}`);
  }
}

async function compressed(
  load: Parameters<typeof dumpLibrary>[0],
  through: Transform,
): Promise<number> {
  const written = pass(through);
  // Heard of by whoever waits below; meanwhile nothing may end the process.
  written.catch(() => undefined);
  const lines = await dumpLibrary(load, async (text) => {
    if (!through.write(text)) await Promise.race([once(through, 'drain'), written]);
  });
  through.end();
  await written;
  return lines;
}

async function pass(through: Transform): Promise<void> {
  for await (const chunk of through as AsyncIterable<Buffer>) await writeOut(chunk);
}
