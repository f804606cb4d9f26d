/** Lists as a client reads them, and the links in them. */
import { setTimeout as pause } from 'node:timers/promises';
import type { ServerProcess } from '../harness/server-process.ts';

/** In the demo catalogue; the services have it. */
const FILM = 'tt1727587';

const ATTEMPTS_MAX = 40;
const ATTEMPT_EVERY_MS = 500;

/** Of one user, read from their list. @throws Error when the list has no link to it */
export async function linkPath(
  { port }: ServerProcess,
  install: string,
  infohash: string,
): Promise<string> {
  const { body } = await listOf(port, `${install}/stream/movie/${FILM}.json`);
  const [path] = new RegExp(String.raw`/playback/[\w-]{22}/${infohash}[^"]*`).exec(body) ?? [];
  if (path === undefined) throw new Error(`there is no link in ${body.slice(0, 300)}`);
  return path;
}

export interface ListAnswer {
  readonly body: string;
  readonly elapsedMs: number;
}

/** Right after a load, or beside other work, the server may refuse: then again. @throws Error when it goes on refusing */
export async function listOf(port: number, path: string): Promise<ListAnswer> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const startedAtMs = performance.now();
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      signal: AbortSignal.timeout(30_000),
    });
    const body = await response.text();
    if (response.status !== 503) return { body, elapsedMs: performance.now() - startedAtMs };
    await pause(ATTEMPT_EVERY_MS);
  }
  throw new Error('the server refuses lists: the machine is too busy');
}
