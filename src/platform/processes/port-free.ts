/** Before processes share a port through SO_REUSEPORT, which succeeds silently beside anybody of the same user. */
import { createServer } from 'node:net';
import { StartError } from '../../lib/start-error.ts';

/** @throws StartError naming PORT when somebody listens there, or the address is not ours */
export async function assertPortFree(host: string, port: number): Promise<void> {
  const probe = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      probe.once('error', reject);
      probe.listen({ host, port, exclusive: true }, resolve);
    });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    const reason = code === 'EADDRINUSE' ? 'is in use' : `cannot be taken (${code})`;
    throw new StartError(
      `PORT=${port} on HOST=${host} ${reason}: expected a free port on an address of this machine`,
    );
  }
  await new Promise<void>((resolve) => {
    probe.close(() => resolve());
  });
}
