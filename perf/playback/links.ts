/** Lists as a client reads them, and the links in them. */
import type { ServerProcess } from '../harness/server-process.ts';

/** In the demo catalogue; the services have it. */
const FILM = 'tt1727587';

/** Of one user, read from their list. @throws Error when the list has no link to it */
export async function linkPath(
  { port }: ServerProcess,
  install: string,
  infohash: string,
): Promise<string> {
  const body = await listOf(port, `${install}/stream/movie/${FILM}.json`);
  const [path] = new RegExp(String.raw`/playback/[\w-]{22}/${infohash}[^"]*`).exec(body) ?? [];
  if (path === undefined) throw new Error(`there is no link in ${body.slice(0, 300)}`);
  return path;
}

export async function listOf(port: number, path: string): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    signal: AbortSignal.timeout(30_000),
  });
  return await response.text();
}
