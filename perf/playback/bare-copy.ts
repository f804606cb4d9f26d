/** A bare server that answers every request as another one answers this one (perf/bare-server.ts): the ceiling. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../test/support/free-port.ts';
import { startServer, type ServerProcess } from '../harness/server-process.ts';

/** Added by uWebSockets.js, or about the connection. */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  'date',
  'content-length',
  'connection',
  'uwebsockets',
]);

/** @param path of a redirect */
export async function startBareRedirect(
  { port }: Pick<ServerProcess, 'port'>,
  path: string,
): Promise<ServerProcess> {
  const url = `http://127.0.0.1:${port}${path}`;
  const answer = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(30_000) });
  const status = `${answer.status} Found`;
  const headers = [...answer.headers].filter(([name]) => !OWN_HEADERS.has(name));
  const folder = await mkdtemp(join(tmpdir(), 'sluice-bare-'));
  try {
    const file = join(folder, 'answer.json');
    await writeFile(file, JSON.stringify({ body: '', headers, status }));
    const main = join(import.meta.dirname, '../bare-server-main.js');
    const own = await freePort();
    return await startServer([main, file, String(own)], own, '/ready', {});
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
