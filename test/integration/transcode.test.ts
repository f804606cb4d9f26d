/** Transcodes with the ffmpeg of the machine: encoders are tried, what was interrupted goes on, what cannot be is said. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmod, copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { TranscodeFolder } from '../../src/features/transcode/folder.ts';
import type { StoredTranscode, TranscodeState } from '../../src/features/transcode/store.ts';
import { DiskFull } from '../../src/features/transcode/disk-quota.ts';
import { TranscodePlayback } from '../../src/features/transcode/playback.ts';
import { Transcoder } from '../../src/features/transcode/transcoder.ts';
import { poll } from '../../src/lib/async/wait.ts';
import type { RungName } from '../../src/lib/transcode/ladder.ts';
import { openFfmpeg, type Ffmpeg } from '../../src/platform/ffmpeg/ffmpeg.ts';
import { MediaScans } from '../../src/platform/ffmpeg/media-scan.ts';
import {
  JobRefused,
  type JobContext,
  type JobProgress,
} from '../../src/platform/jobs/definition.ts';
import { NO_ABORT } from '../support/open-database.ts';
import { createTestLogger } from '../support/test-logger.ts';

const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;
const ID = '6ff93c35-6a3c-4c38-9d3e-0f3f9a2b7a10';
const SOURCE_S = 12;

describe('transcodes', { skip: !hasFfmpeg }, () => {
  let folder: string;
  let ffmpeg: Ffmpeg;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-transcode-'));
    const picture = [
      '-f',
      'lavfi',
      '-i',
      'testsrc2=size=640x480:rate=25',
      '-f',
      'lavfi',
      '-i',
      'sine',
    ];
    const coded = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '50', '-c:a', 'aac'];
    const hls = ['-f', 'hls', '-hls_time', '2', '-hls_list_size', '0', join(folder, 'index.m3u8')];
    const made = ['-loglevel', 'error', ...picture, '-t', String(SOURCE_S), ...coded, ...hls];
    assert.equal(spawnSync('ffmpeg', made, { stdio: 'inherit' }).status, 0);
    ffmpeg = await openFfmpeg('ffmpeg', NO_ABORT);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  /** A transcoder of one transcode, with what became of it. */
  const bench = async (
    rungs: readonly RungName[],
    more: { readonly command?: readonly string[]; readonly makeRoom?: () => Promise<void> } = {},
  ) => {
    const directory = await mkdtemp(join(folder, 'out-'));
    const states: (readonly [TranscodeState, string | null | undefined])[] = [];
    const stored = { id: ID, recordingId: ID, rungs, state: 'waiting' } as StoredTranscode;
    const store = {
      find: () => Promise.resolve(stored),
      touch: () => Promise.resolve(),
      setBytes: () => Promise.resolve(),
      setState: (_id: string, state: TranscodeState, { failure }: { failure?: string | null }) => {
        states.push([state, failure]);
        return Promise.resolve(true);
      },
    };
    const recorded = async () => ({
      isRemote: false,
      placeOf: (name: string) => join(folder, name),
      entry: 'index.m3u8',
      playlists: [{ name: 'index.m3u8', text: await readFile(join(folder, 'index.m3u8'), 'utf8') }],
    });
    const transcoder = new Transcoder({
      store: store as never,
      recordings: { recorded },
      quota: { makeRoom: more.makeRoom ?? (() => Promise.resolve()) } as never,
      scans: new MediaScans(),
      ffmpeg: () => Promise.resolve({ ...ffmpeg, command: more.command ?? ffmpeg.command }),
      directory,
      threads: 1,
      nice: 0,
    });
    const playback = new TranscodePlayback({
      store: store as never,
      directory,
      logger: createTestLogger(),
    });
    return { transcoder, playback, states, out: new TranscodeFolder(directory, ID) };
  };

  /** Makes the source last: ffmpeg reads it as fast as it plays. */
  const slow = async (): Promise<readonly string[]> => {
    const program = join(folder, 'slow-ffmpeg');
    await writeFile(program, '#!/bin/sh\nexec ffmpeg -re "$@"\n');
    await chmod(program, 0o755);
    return [program];
  };

  const context = (control: AbortController, said: JobProgress[] = []) =>
    ({
      id: '1',
      attempt: 1,
      signal: control.signal,
      progress: (progress: JobProgress) => said.push(progress),
      log: () => undefined,
    }) as unknown as JobContext;

  const seconds = (playlist: string) =>
    [...playlist.matchAll(/^#EXTINF:([\d.]+)/gm)].reduce((sum, [, s]) => sum + Number(s), 0);

  test('encoders are tried, not read from a list: those without a device are refused with a reason', () => {
    assert.match(ffmpeg.version, /^\d/);
    assert.ok(ffmpeg.encoders.length > 0);
    const names = [...ffmpeg.encoders, ...ffmpeg.refused].map(({ name }) => name);
    assert.equal(new Set(names).size, 6);
    for (const { reason } of ffmpeg.refused) assert.notEqual(reason, '');
  });

  test('an ffmpeg that is missing, too old or none at all is named', async () => {
    await assert.rejects(openFfmpeg('/nowhere/ffmpeg', NO_ABORT), /no \/nowhere\/ffmpeg: install/);
    const fake = async (says: string) => {
      const place = await mkdtemp(join(folder, 'fake-'));
      const program = join(place, 'ffmpeg');
      await writeFile(program, `#!/bin/sh\necho '${says}'\n`);
      await chmod(program, 0o755);
      await copyFile(program, join(place, 'ffprobe'));
      return program;
    };
    await assert.rejects(
      openFfmpeg(await fake('ffmpeg version 3.4.2'), NO_ABORT),
      /3\.4\.2: expected 4\.4/,
    );
    await assert.rejects(openFfmpeg(await fake('hello'), NO_ABORT), /does not say its version/);
  });

  test('renditions are made in one pass, with progress, and play', async () => {
    const { transcoder, playback, states, out } = await bench(['480p', 'copy', 'audio']);
    const said: JobProgress[] = [];
    const result = await transcoder.make(ID, context(new AbortController(), said));
    assert.deepEqual(
      states.map(([state]) => state),
      ['running', 'done'],
    );
    assert.ok(said.length > 0 && said.every(({ total }) => Math.abs((total ?? 0) - SOURCE_S) < 1));
    assert.equal((result as { readonly runs: number }).runs, 1);
    for (const name of ['480p.m3u8', 'copy.m3u8', 'audio.m3u8']) {
      const { text, isDone } = await playback.playlist(ID, name);
      assert.ok(isDone && Math.abs(seconds(text) - SOURCE_S) < 0.5, `${name}: ${seconds(text)}`);
      for (const [segment] of text.matchAll(/^\w+\.m4s$/gm)) await playback.segment(ID, segment);
    }
    assert.match(
      (await playback.playlist(ID, 'index.m3u8')).text,
      /RESOLUTION=640x480\n480p\.m3u8/,
    );
    assert.ok((await readdir(out.path)).every((name) => !name.endsWith('.part')));
  });

  test('cancelling ends ffmpeg, and another attempt goes on behind the last segment', async () => {
    const { transcoder, playback, states } = await bench(['480p', 'audio'], {
      command: await slow(),
    });
    const control = new AbortController();
    const first = transcoder.make(ID, context(control));
    const { text } = await playback.playlist(ID, '480p.m3u8');
    assert.doesNotMatch(text, /ENDLIST/);
    control.abort(new Error('the worker stops'));
    await assert.rejects(first, /the worker stops/);
    assert.deepEqual(
      states.map(([state]) => state),
      ['running'],
    );
    const result = await transcoder.make(ID, context(new AbortController()));
    assert.equal((result as { readonly runs: number }).runs, 2);
    await poll(async () => (await playback.playlist(ID, '480p.m3u8')).isDone, {
      everyMs: 50,
      timeoutMs: 10_000,
    });
    const whole = (await playback.playlist(ID, '480p.m3u8')).text;
    assert.match(whole, /480p_0_00000\.m4s[^]*DISCONTINUITY[^]*480p_1_00000\.m4s/);
    assert.ok(Math.abs(seconds(whole) - SOURCE_S) < 0.5, String(seconds(whole)));
  });

  test('a killed ffmpeg fails the attempt, and the next one makes the rest', async () => {
    const program = join(folder, 'dying-ffmpeg');
    await writeFile(
      program,
      '#!/bin/sh\nffmpeg -re "$@" & sleep 3.2; kill -9 $!; wait $!; exit 137\n',
    );
    await chmod(program, 0o755);
    const { transcoder, states, out } = await bench(['480p'], { command: [program] });
    await assert.rejects(
      transcoder.make(ID, context(new AbortController())),
      /ffmpeg ended with 137/,
    );
    assert.deepEqual(
      states.map(([state]) => state),
      ['running'],
      'a repeat may help',
    );
    assert.equal((await out.plan())?.isDone, false);
  });

  test('a full disk, of ours or of the machine, fails, in words', async () => {
    const makeRoom = () => Promise.reject(new DiskFull('all that TRANSCODE_DISK_MAX_MB allows'));
    const full = await bench(['480p'], { makeRoom });
    await assert.rejects(full.transcoder.make(ID, context(new AbortController())), JobRefused);
    assert.match(full.states.at(-1)?.[1] ?? '', /TRANSCODE_DISK_MAX_MB/);
    const program = join(folder, 'full-ffmpeg');
    await writeFile(program, '#!/bin/sh\necho "x: No space left on device" >&2; exit 1\n');
    await chmod(program, 0o755);
    const { transcoder, states } = await bench(['480p'], { command: [program] });
    await assert.rejects(transcoder.make(ID, context(new AbortController())), JobRefused);
    assert.deepEqual(states.at(-1), ['failed', 'the disk of the worker is full']);
  });
});
