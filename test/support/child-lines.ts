/** Starts a fixture program and reads what it prints, line by line. */
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

export interface ChildLines {
  readonly child: ChildProcess;
  /** The first line; rejects with everything printed when the program ends without one. */
  readonly firstLine: Promise<string>;
  /** Resolves with the exit code, null after a signal. */
  readonly exited: Promise<number | null>;
}

/**
 * @param fixture file name in `test/support/fixtures`, without its ending
 * @param uid the user to run it as, when we are root
 */
export function startFixture(
  fixture: string,
  parameters: readonly string[],
  uid?: number,
): ChildLines {
  const file = join(import.meta.dirname, 'fixtures', `${fixture}.js`);
  const child = spawn(process.execPath, [file, ...parameters], {
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  let output = '';
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  child.stdin.on('error', () => undefined);
  const exited = new Promise<number | null>((resolve) =>
    child.once('exit', (code) => resolve(code)),
  );
  const firstLine = new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const end = output.indexOf('\n');
      if (end !== -1) resolve(output.slice(0, end));
    });
    child.once('close', () => reject(new Error(`${fixture} ended: ${output}${errors}`)));
  });
  return { child, firstLine, exited };
}
