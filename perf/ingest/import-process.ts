/** `import` as an operator runs it: a process of its own, on any core, with the most memory that it had. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packagePath } from '../../src/platform/config/package-root.ts';
import { cpuMicrosOf } from '../harness/process-use.ts';

export interface ImportRun {
  readonly elapsedS: number;
  readonly rssPeakBytes: number;
  /** User and system time of the process so far. */
  readonly cpuS: number;
}

const LOOK_EVERY_MS = 100;
const COMPLAINT_CHARS_MAX = 2000;

/** @param parameters of the role `import` @throws Error with what it said last when it fails; the signal's reason */
export async function runImport(
  parameters: readonly string[],
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<ImportRun> {
  const startedAtMs = performance.now();
  const child = spawn(
    process.execPath,
    [join(packagePath('dist'), 'src/main.js'), 'import', ...parameters],
    {
      env: {
        PATH: process.env['PATH'] ?? '',
        LOG_LEVEL: 'warn',
        LOG_FORMAT: 'text',
        ...environment,
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  const stop = () => child.kill('SIGTERM');
  signal.addEventListener('abort', stop, { once: true });
  let complaint = '';
  child.stderr.on('data', (bytes: Buffer) => {
    complaint = (complaint + bytes.toString()).slice(-COMPLAINT_CHARS_MAX);
  });
  let use = { rssPeakBytes: 0, cpuS: 0 };
  const timer = setInterval(() => {
    use = useOf(child.pid ?? 0) ?? use;
  }, LOOK_EVERY_MS);
  try {
    const status = await new Promise((resolve, reject) => {
      child.once('error', reject).once('close', resolve);
    });
    signal.throwIfAborted();
    if (status !== 0) throw new Error(`import ended with ${String(status)}: ${complaint.trim()}`);
    return { elapsedS: (performance.now() - startedAtMs) / 1000, ...use };
  } finally {
    clearInterval(timer);
    signal.removeEventListener('abort', stop);
  }
}

/** Null for a process that is gone. */
function useOf(pid: number): Omit<ImportRun, 'elapsedS'> | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const rssPeakBytes = Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
    return { rssPeakBytes, cpuS: cpuMicrosOf(pid) / 1e6 };
  } catch {
    return null;
  }
}
