/** A start that is told to end ends like a running server: exit code 0, no stack trace, nothing left running. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { eventually, processesMentioning } from '../../support/processes.ts';

const MAIN = join(import.meta.dirname, '../../../src/main.js');

/** Sends the signal as soon as the text has been printed; resolves with exit code and everything printed. */
async function interruptAt(text: string, afterMs: number, dataDir: string, signal: NodeJS.Signals) {
  const child = spawn(process.execPath, [MAIN], {
    env: { PATH: process.env['PATH'] ?? '', DATA_DIR: dataDir, PORT: '0', LOG_FORMAT: 'text' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let timer: NodeJS.Timeout | undefined;
  const read = (chunk: Buffer) => {
    output += chunk.toString();
    if (output.includes(text)) timer ??= setTimeout(() => child.kill(signal), afterMs);
  };
  child.stdout.on('data', read);
  child.stderr.on('data', read);
  const [code] = await once(child, 'close');
  clearTimeout(timer);
  return { code: Number(code), output };
}

for (const [text, afterMs] of [
  ['Sluice starts', 0],
  ['preparing its files', 0],
  ['preparing its files', 400],
  ['was set up and runs', 0],
  ['Schema', 0],
] as const) {
  test(`SIGTERM ${afterMs} ms after "${text}"`, async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'sluice-interrupted-'));
    await chmod(dataDir, 0o755);
    const { code, output } = await interruptAt(text, afterMs, dataDir, 'SIGTERM');
    assert.equal(code, 0, output);
    assert.doesNotMatch(output, /\n\s+at /, 'no stack trace');
    await eventually(
      'no process is left',
      60_000,
      async () => (await processesMentioning(dataDir)).length === 0,
    );
    await rm(dataDir, { recursive: true });
  });
}

test('SIGTERM ends a start whose thread is stuck in the system', { timeout: 60_000 }, async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'sluice-stuck-'));
  await chmod(dataDir, 0o755);
  // Opening a FIFO waits for its other end, in a thread that even process.exit waits for.
  execFileSync('mkfifo', [join(dataDir, 'secret-key')]);
  const child = spawn(process.execPath, [MAIN], {
    env: { PATH: process.env['PATH'] ?? '', DATA_DIR: dataDir, PORT: '0', LOG_FORMAT: 'text' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  await eventually('it starts', 20_000, () => Promise.resolve(output.includes('Sluice starts')));
  child.kill('SIGTERM');
  await once(child, 'close');
  assert.match(output, /ended by force/);
  await eventually(
    'no process is left',
    10_000,
    async () => (await processesMentioning(dataDir)).length === 0,
  );
  await rm(dataDir, { recursive: true });
});

test('a DATA_DIR in /proc ends the start with one line', async () => {
  const { code, output } = await interruptAt('never printed', 0, '/proc/sluice/data', 'SIGTERM');
  assert.equal(code, 1);
  assert.match(output, /DATA_DIR="\/proc\/sluice\/data" cannot be used/);
});
