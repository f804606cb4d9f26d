/** Protects the videos that say what went wrong: one for each row of the table, which plays everywhere. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  EXCEPTION_MESSAGES,
  EXCEPTION_VIDEOS,
} from '../../../../src/lib/exception-videos/messages.ts';

const FOLDER = 'assets/exceptions';
const BYTES_MAX = 60_000;
const skipWithoutFfprobe =
  spawnSync('ffprobe', ['-version']).error === undefined ? false : 'needs ffprobe';

test('every row has a video, and every video a row', () => {
  const files = readdirSync(FOLDER).toSorted();
  assert.deepEqual(files, EXCEPTION_VIDEOS.map((name) => `${name}.mp4`).toSorted());
  for (const file of files) {
    const { size } = statSync(join(FOLDER, file));
    assert.ok(size > 5000 && size <= BYTES_MAX, `${file}: ${size} bytes`);
  }
});

test('the index stands before the pictures, so that a player begins at once', () => {
  for (const name of EXCEPTION_VIDEOS) {
    const bytes = readFileSync(join(FOLDER, `${name}.mp4`));
    const [index, pictures] = [bytes.indexOf('moov'), bytes.indexOf('mdat')];
    assert.ok(index > 0 && index < pictures, name);
  }
});

test('messages are short, whole sentences', () => {
  for (const [name, { title, lines }] of Object.entries(EXCEPTION_MESSAGES)) {
    assert.ok(title.length <= 40 && !title.endsWith('.'), `${name}: ${title}`);
    assert.ok(lines.length >= 1 && lines.length <= 2, name);
    for (const line of lines) assert.match(line, /^[A-Z].{10,90}\.$/, name);
  }
});

interface Stream {
  readonly codec_name: string;
  readonly profile: string;
  readonly width?: number;
  readonly height?: number;
  readonly pix_fmt?: string;
}

test('every video is five seconds of H.264 in 1080p and AAC', { skip: skipWithoutFfprobe }, () => {
  for (const name of EXCEPTION_VIDEOS) {
    const { streams, format } = JSON.parse(
      execFileSync(
        'ffprobe',
        [
          '-v',
          'error',
          '-show_streams',
          '-show_format',
          '-of',
          'json',
          join(FOLDER, `${name}.mp4`),
        ],
        {
          encoding: 'utf8',
        },
      ),
    ) as { streams: readonly Stream[]; format: { duration: string } };
    assert.deepEqual(
      streams.map(({ codec_name, profile, width, height, pix_fmt }) => [
        codec_name,
        profile,
        width,
        height,
        pix_fmt,
      ]),
      [
        ['h264', 'Main', 1920, 1080, 'yuv420p'],
        ['aac', 'LC', undefined, undefined, undefined],
      ],
      name,
    );
    assert.ok(Math.abs(Number(format.duration) - 5) < 0.2, `${name}: ${format.duration} s`);
  }
});
