/** The role `export`: every stream with its titles as lines that `import` reads, on standard output. */
import { once } from 'node:events';
import { createGzip, type Gzip } from 'node:zlib';
import { dumpLibrary } from '../features/ingest/feature.ts';
import { DisposeStack } from '../lib/async/dispose-stack.ts';
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
  const { isGzip, strm } = parseExport(context.parameters);
  if (strm !== null) return exportStrm(context, strm);
  if (process.stdout.isTTY)
    throw new StartError(
      'export writes to standard output: expected it to lead to a file (… > library.ndjson)',
    );
  const stack = new DisposeStack();
  try {
    const { config, logger, stop } = context;
    const { migrateUri: uri } = await openOwnDatabase(context, stack, tell, false);
    const connectTimeoutMs = config.DB_CONNECT_TIMEOUT_MS;
    const load = stack.use(await openBulkLoad({ uri, connectTimeoutMs, signal: stop }, logger));
    const lines = isGzip ? await compressed(load) : await dumpLibrary(load, write);
    tell(`Exported ${lines} lines`);
  } finally {
    await disposeQuietly(stack, context.logger);
  }
}

function write(lines: string): Promise<void> {
  return writeOut(Buffer.from(lines));
}

async function compressed(load: Parameters<typeof dumpLibrary>[0]): Promise<number> {
  const gzip = createGzip();
  const written = pass(gzip);
  // Heard of by whoever waits below; meanwhile nothing may end the process.
  written.catch(() => undefined);
  const lines = await dumpLibrary(load, async (text) => {
    if (!gzip.write(text)) await Promise.race([once(gzip, 'drain'), written]);
  });
  gzip.end();
  await written;
  return lines;
}

async function pass(gzip: Gzip): Promise<void> {
  for await (const chunk of gzip as AsyncIterable<Buffer>) await writeOut(chunk);
}
