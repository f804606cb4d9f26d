/** What the machine's `xz` unpacks: Node.js has no xz of its own. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { pipeline, Readable } from 'node:stream';

const PROGRAM = 'xz';
/** The most that `xz -9` needs to unpack is 65 MiB. */
const PARAMETERS = ['--decompress', '--stdout', '--quiet', '--memlimit-decompress=128MiB'];

/**
 * Unpacks as it is read; the program ends with the reading.
 * @param failure what to throw, with the reason in words
 */
export async function* unxz(
  chunks: AsyncIterable<Uint8Array>,
  failure: (reason: string) => Error,
): AsyncGenerator<Uint8Array, void, undefined> {
  const child = await started(failure);
  const ended = once(child, 'close');
  let broken: Error | undefined;
  // A program that ends early breaks the pipe: its exit code says why.
  pipeline(Readable.from(chunks), child.stdin, (error) => {
    if (error instanceof Error && !isOfPipe(error)) broken = error;
  });
  child.stderr.resume();
  try {
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) yield chunk;
    const [code] = (await ended) as [number | null];
    if (broken !== undefined) throw broken;
    if (code !== 0) throw failure('its xz is broken or cut off');
  } finally {
    child.kill('SIGKILL');
  }
}

async function started(
  failure: (reason: string) => Error,
): Promise<ChildProcessWithoutNullStreams> {
  const child = spawn(PROGRAM, PARAMETERS);
  try {
    await once(child, 'spawn');
    return child;
  } catch {
    throw failure('it is packed with xz, and this machine has no xz program: install xz-utils');
  }
}

function isOfPipe(error: Error): boolean {
  return 'code' in error && (error.code === 'EPIPE' || error.code === 'ERR_STREAM_PREMATURE_CLOSE');
}
