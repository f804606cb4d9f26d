/** Lines that a profile brings: what is refused, what is tried again and from where, and what ends it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Analysis, Ingest } from '../../../../src/features/ingest/contract.ts';
import { importPrivateLines } from '../../../../src/features/ingest/private-lines.ts';
import { NEVER_CANCELLED } from '../../../../src/lib/async/cancel.ts';
import { AppError } from '../../../../src/lib/errors.ts';
import type { JsonValue } from '../../../../src/lib/json/json-value.ts';
import { JobRefused, type JobContext } from '../../../../src/platform/jobs/definition.ts';

const PROFILE = '6f1b6f0e-8f53-4c1e-9d0a-0a1b2c3d4e5f';

/** A job whose checkpoint outlives its attempts, and the names of what went in. */
class Attempts {
  readonly imported: string[] = [];
  readonly said: string[] = [];
  checkpoint: JsonValue = null;

  run(lines: string, fail: (name: string) => AppError | null = () => null): Promise<JsonValue> {
    const ingest: Pick<Ingest, 'importPrivately'> = {
      importPrivately: async (_profile, { name }) => {
        const error = fail(name);
        if (error !== null) throw error;
        this.imported.push(name);
        return {} as Analysis;
      },
    };
    const context: JobContext = {
      id: '1',
      attempt: 1,
      signal: NEVER_CANCELLED,
      progress: () => undefined,
      log: (_level, message) => void this.said.push(message),
      checkpoint: this.checkpoint,
      saveCheckpoint: async (checkpoint) => {
        this.checkpoint = checkpoint;
      },
      saveCheckpointIn: () => Promise.reject(new Error('not used')),
    };
    return importPrivateLines(ingest, PROFILE, 'ndjson', Buffer.from(lines), context);
  }
}

const line = (name: string, at: number) =>
  JSON.stringify({
    infoHash: String(at).padStart(40, 'a'),
    name,
    title: { type: 'movie', imdb: 'tt1727587' },
  });
const LINES = ['one', 'two', 'three', 'four'].map(line).join('\n');

test('a line that cannot be read or is of no title is refused with its number, the rest goes in', async () => {
  const attempts = new Attempts();
  const counts = await attempts.run(`${LINES}\n{"kind":"song"}\n`, (name) =>
    name === 'two' ? new AppError('import.no-title', 'no title is known') : null,
  );
  assert.deepEqual(counts, { lines: 5, imported: 3, refused: 2 });
  assert.deepEqual(attempts.imported, ['one', 'three', 'four']);
  assert.match(attempts.said.join('\n'), /^line 2: no title is known\nline 5: /);
});

test('when the database goes away the attempt fails, and the next one goes on where it was', async () => {
  const attempts = new Attempts();
  let isAway = true;
  const fail = (name: string) =>
    isAway && name === 'three' ? new AppError('database.unavailable', 'gone') : null;
  await assert.rejects(attempts.run(LINES, fail), { code: 'database.unavailable' });
  isAway = false;
  assert.deepEqual(await attempts.run(LINES, fail), { lines: 4, imported: 4, refused: 0 });
  assert.deepEqual(attempts.imported, ['one', 'two', 'three', 'four'], 'each once');
});

test('a full profile, or one that was revoked, ends the job, and it is not tried again', async () => {
  for (const code of ['import.quota', 'profile.not-found'] as const) {
    const attempts = new Attempts();
    const fail = (name: string) => (name === 'three' ? new AppError(code, 'no more') : null);
    await assert.rejects(attempts.run(LINES, fail), (error) => {
      assert.ok(error instanceof JobRefused);
      assert.match(error.message, /^line 3: no more$/);
      return true;
    });
    assert.deepEqual(attempts.imported, ['one', 'two'], 'what went in stays');
  }
});
