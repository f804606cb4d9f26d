/** Memory of a process: idle, and after a million warm requests. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { rawRequest } from '../../support/http-client.ts';
import { noteProgress } from '../../support/runner/progress.ts';
import { startApp } from '../../support/start-app.ts';

const run = promisify(execFile);
const MB = 1024 * 1024;
const IDLE_BYTES_MAX = 180 * MB;
const GROWTH_BYTES_MAX = 60 * MB;
const REQUESTS = 1_000_000;

async function rssBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

/** After a start it collects garbage when it gets to it. @returns the first figure within the bound, or the last one */
async function idleBytes(pid: number): Promise<number> {
  let bytes = Number.POSITIVE_INFINITY;
  for (let looks = 0; looks < 20 && bytes > IDLE_BYTES_MAX; looks++) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    bytes = await rssBytes(pid);
  }
  return bytes;
}

test(
  'an idle process with one pool thread stays under 180 MB, and a million warm requests add at most 60 MB',
  {
    skip: existsSync('/usr/bin/wrk') ? false : 'needs wrk for a million requests',
  },
  async (context) => {
    await using app = await startApp({ environment: { POOL_THREADS: '1' } });
    const idle = await idleBytes(app.pid);
    assert.ok(idle <= IDLE_BYTES_MAX, `idle RSS is ${(idle / MB).toFixed(0)} MB`);

    const url = `${app.baseUrl}/stream/movie/tt1254207.json`;
    await rawRequest(url);
    let done = 0;
    while (done < REQUESTS) {
      const { stdout } = await run('wrk', ['-t1', '-c64', '-d5s', url]);
      const answered = Number(/(\d+) requests in/.exec(stdout)?.[1] ?? 0);
      assert.ok(answered > 0, stdout);
      assert.doesNotMatch(stdout, /Non-2xx/);
      done += answered;
      noteProgress();
    }
    const after = await rssBytes(app.pid);
    context.diagnostic(
      `idle ${(idle / MB).toFixed(0)} MB, after ${done} requests ${(after / MB).toFixed(0)} MB`,
    );
    assert.ok(
      after - idle <= GROWTH_BYTES_MAX,
      `grew by ${((after - idle) / MB).toFixed(0)} MB over ${done} requests`,
    );
  },
);
