/** A bare server (perf/bare-server.ts) that answers with the same list: the ceiling. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../test/support/free-port.ts';
import { startServer, type ServerProcess } from '../harness/server-process.ts';

export async function startBareCopy(port: number, path: string): Promise<ServerProcess> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`);
  const body = Buffer.from(await answer.arrayBuffer()).toString('base64');
  const folder = await mkdtemp(join(tmpdir(), 'sluice-bare-'));
  try {
    const file = join(folder, 'answer.json');
    await writeFile(
      file,
      JSON.stringify({ body, headers: [['content-type', 'audio/x-mpegurl']], status: '200 OK' }),
    );
    const main = join(import.meta.dirname, '../bare-server-main.js');
    const own = await freePort();
    return await startServer([main, file, String(own)], own, '/ready', {});
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
