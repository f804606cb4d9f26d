/** What a player finds out about a film. */
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Codec and duration, as a player that was redirected finds them. */
export async function probed(url: string): Promise<readonly string[]> {
  const server = createServer((_request, response) =>
    response.writeHead(302, { location: url, 'cache-control': 'private, max-age=60' }).end(),
  );
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  try {
    const entries = ['-show_entries', 'stream=codec_name:format=duration', '-of', 'csv=p=0'];
    const address = `http://127.0.0.1:${port}/`;
    const { stdout } = await run('ffprobe', ['-v', 'error', ...entries, address]);
    return stdout.trim().split('\n');
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
