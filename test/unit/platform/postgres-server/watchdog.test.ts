/** The watchdog: what it starts ends with us, hears nothing of our terminal and inherits nothing of ours. */
import assert from 'node:assert/strict';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { WatchedProcess } from '../../../../src/platform/postgres-server/watchdog.ts';

const sh = (mode: 'server' | 'program', script: string) =>
  new WatchedProcess({ executable: '/bin/sh', parameters: ['-c', script], user: null, mode });

/** Like PostgreSQL, and unlike a shell, it can listen to signals that were ignored when it started. */
const node = (script: string) =>
  new WatchedProcess({
    executable: process.execPath,
    parameters: ['-e', script],
    user: null,
    mode: 'server',
  });

const soon = () => new Promise((resolve) => setTimeout(resolve, 10));

const onLinux = { skip: process.platform === 'linux' ? false : 'needs /proc' };

async function isGone(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat === '' || stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z');
}

describe('guarded process', () => {
  test('passes on the exit code and the last words', async () => {
    const guarded = sh('program', 'echo first >&2; echo last >&2; exit 7');
    assert.equal(await guarded.ended, 7);
    assert.equal(guarded.errors, 'first\nlast\n');
    assert.equal(guarded.hasEnded, true);
    await guarded.stop(100);
  });

  test('a command that does not exist has a code and a reason', async () => {
    const guarded = new WatchedProcess({
      executable: '/nowhere/postgres',
      parameters: [],
      user: null,
      mode: 'server',
    });
    assert.equal(await guarded.ended, 127);
    assert.match(guarded.errors, /\/nowhere\/postgres.*not found|No such file/);
  });

  test('keeps spaces, quotes and dollars of its arguments', async () => {
    const value = `a "b" 'c' $HOME \`d\` \\ \u{1F600}`;
    const guarded = new WatchedProcess({
      executable: '/bin/sh',
      parameters: ['-c', 'printf %s "$1" >&2', 'x', value],
      user: null,
      mode: 'program',
    });
    await guarded.ended;
    assert.equal(guarded.errors, value);
  });

  test('a server is asked by SIGINT until it hears, and ends within its grace', async () => {
    const guarded = node(`
      let asked = 0;
      process.on('SIGINT', () => { asked += 1; if (asked === 3) process.exit(0); });
      process.stderr.write('listening');
      setInterval(() => undefined, 1000);
    `);
    while (guarded.errors === '') await soon();
    await guarded.stop(20_000);
    assert.equal(await guarded.ended, 0);
  });

  test('a server that does not hear SIGINT gets SIGQUIT when its grace is over', async () => {
    const guarded = node(`
      process.on('SIGINT', () => undefined).on('SIGQUIT', () => process.exit(9));
      process.stderr.write('listening');
      setInterval(() => undefined, 1000);
    `);
    while (guarded.errors === '') await soon();
    await guarded.stop(400);
    assert.equal(await guarded.ended, 9);
  });

  test('a program is stopped with all that it has started', onLinux, async () => {
    const guarded = sh('program', 'trap "" TERM; sleep 600 & echo $! >&2; wait');
    const pid = await guarded.pid;
    while (guarded.errors === '') await soon();
    await guarded.stop(200);
    for (const one of [pid ?? 0, Number(guarded.errors)]) {
      while (!(await isGone(one))) await soon();
    }
  });

  test('does not hold our sockets open, and lives in a session of its own', onLinux, async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const client = connect(
      typeof address === 'object' && address !== null ? address.port : 0,
      '127.0.0.1',
    );
    await once(client, 'connect');
    const guarded = sh('program', 'exec sleep 600');
    const pid = await guarded.pid;
    // The shell has become `sleep` when its own open files are closed.
    while (!(await readFile(`/proc/${pid}/cmdline`, 'utf8')).startsWith('sleep')) await soon();
    const handles = await readdir(`/proc/${pid}/fd`);
    // Whoever started the tests may have left pipes open to all of us; sockets beyond standard error would be ours.
    const beyond = handles.filter((name) => Number(name) > 2);
    const opened = await Promise.all(
      beyond.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => '')),
    );
    const session = async (of: number | string) =>
      (await readFile(`/proc/${of}/stat`, 'utf8')).split(') ')[1]?.split(' ')[3];
    const sessions = [await session(pid ?? 0), await session('self')];
    client.destroy();
    server.close();
    // It is deaf to SIGTERM, as it was told nothing else: killed when its grace is over.
    await guarded.stop(200);
    assert.deepEqual(
      opened.filter((target) => target.startsWith('socket:')),
      [],
    );
    assert.notEqual(sessions[0], sessions[1]);
  });
});
