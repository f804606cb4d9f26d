/**
 * `npm run exceptions:videos [-- name …]`: draws the videos of `src/lib/exception-videos/messages.ts` to `assets/exceptions`, all or
 * the named ones. Needs ffmpeg with libx264. H.264 main, yuv420p and silent AAC with the index in front play everywhere.
 */
import { spawnSync } from 'node:child_process';
import {
  mkdtempSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createCanvas, GlobalFonts, loadImage } from '@napi-rs/canvas';

/** @typedef {{ title: string, lines: readonly string[] }} Message */

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FOLDER = join(ROOT, 'assets/exceptions');
const WIDTH = 1920;
const HEIGHT = 1080;
const SECONDS = 5;
const FRAMES_PER_SECOND = 15;
const LEFT = 200;
const TEXT_WIDTH = WIDTH - 2 * LEFT;
const BACKGROUND = '#0b1b24';
const ACCENT = '#9fe0f2';
const TEXT = '#ffffff';
const QUIET = '#b9c9d1';
const FAINT = '#6f8691';

const BEFORE_PICTURE = `-y -v error -fflags +bitexact -loop 1 -framerate ${FRAMES_PER_SECOND} -i`;
const AFTER_PICTURE = [
  `-f lavfi -i anullsrc=channel_layout=stereo:sample_rate=48000 -t ${SECONDS}`,
  '-vf scale=out_color_matrix=bt709:out_range=tv,format=yuv420p',
  '-colorspace bt709 -color_primaries bt709 -color_trc bt709',
  '-c:v libx264 -profile:v main -level 4.0 -preset slower -tune stillimage -crf 30 -threads 1',
  `-g ${SECONDS * FRAMES_PER_SECOND} -c:a aac -b:a 32k -flags:v +bitexact -flags:a +bitexact`,
  '-map_metadata -1 -movflags +faststart',
].join(' ');

const { EXCEPTION_MESSAGES } = /** @type {{ EXCEPTION_MESSAGES: Record<string, Message> }} */ (
  await import(new URL('../dist/src/lib/exception-videos/messages.js', import.meta.url).href)
);
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in EXCEPTION_MESSAGES));
if (unknown.length > 0) fail(`no such videos: ${unknown.join(', ')}`);
for (const weight of [400, 700]) registerFont(weight);
const svg = readFileSync(join(ROOT, 'assets/favicon.svg'), 'utf8');
// Skia paints a picture of its own 32 pixels, and enlarges that.
const logo = await loadImage(Buffer.from(svg.replace('<svg ', '<svg width="480" height="480" ')));
const scratch = mkdtempSync(join(tmpdir(), 'exception-videos-'));
try {
  drawAll();
} finally {
  rmSync(scratch, { recursive: true });
}

function drawAll() {
  mkdirSync(FOLDER, { recursive: true });
  const names = wanted.length > 0 ? wanted : Object.keys(EXCEPTION_MESSAGES);
  for (const name of names) {
    const message = EXCEPTION_MESSAGES[name];
    if (message !== undefined) encode(name, frame(name, message));
  }
  if (wanted.length > 0) return;
  for (const file of readdirSync(FOLDER))
    if (!names.includes(file.replace(/\.mp4$/, ''))) rmSync(join(FOLDER, file));
}

/** @param {number} weight */
function registerFont(weight) {
  const path = `node_modules/@fontsource/inter/files/inter-latin-${weight}-normal.woff2`;
  if (GlobalFonts.registerFromPath(join(ROOT, path), `inter-${weight}`) === null)
    fail(`${path} is missing: run npm ci`);
}

/**
 * One picture as PNG.
 * @param {string} name
 * @param {Message} message
 */
function frame(name, { title, lines }) {
  const canvas = createCanvas(WIDTH, HEIGHT);
  const context = canvas.getContext('2d');
  context.fillStyle = BACKGROUND;
  context.fillRect(0, 0, WIDTH, HEIGHT);
  context.drawImage(logo, LEFT, 150, 120, 120);
  context.font = '400 44px inter-400';
  context.fillStyle = QUIET;
  context.fillText('Sluice', LEFT + 150, 226);
  let y = 470;
  context.fillStyle = TEXT;
  y = write(context, title, { weight: 700, size: 96, y });
  y += 20;
  lines.forEach((line, index) => {
    context.fillStyle = index === lines.length - 1 ? ACCENT : QUIET;
    y = write(context, line, { weight: 400, size: 48, y: y + 24 });
  });
  context.font = '400 32px inter-400';
  context.fillStyle = FAINT;
  context.fillText(name, LEFT, HEIGHT - 110);
  return canvas.toBuffer('image/png');
}

/**
 * Writes the text in as many lines as it needs; where the next one begins.
 * @param {import('@napi-rs/canvas').SKRSContext2D} context
 * @param {string} text
 * @param {{ weight: number, size: number, y: number }} type
 */
function write(context, text, { weight, size, y }) {
  context.font = `${weight} ${size}px inter-${weight}`;
  let line = '';
  let baseline = y;
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (context.measureText(longer).width > TEXT_WIDTH && line !== '') {
      context.fillText(line, LEFT, baseline);
      baseline += size * 1.25;
      line = word;
    } else line = longer;
  }
  context.fillText(line, LEFT, baseline);
  return baseline + size * 1.25;
}

/**
 * @param {string} name
 * @param {Buffer} png
 */
function encode(name, png) {
  const picture = join(scratch, `${name}.png`);
  const video = join(FOLDER, `${name}.mp4`);
  writeFileSync(picture, png);
  const { status, stderr, error } = spawnSync(
    'ffmpeg',
    [...BEFORE_PICTURE.split(' '), picture, ...AFTER_PICTURE.split(' '), video],
    { encoding: 'utf8' },
  );
  if (error !== undefined) fail(`ffmpeg cannot be run: ${error.message}`);
  if (status !== 0) fail(`ffmpeg failed for ${name}:\n${stderr}`);
  process.stdout.write(`${name}.mp4 ${(statSync(video).size / 1000).toFixed(1)} kB\n`);
}

/**
 * @param {string} reason
 * @returns {never}
 */
function fail(reason) {
  process.stderr.write(`${reason}\n`);
  process.exit(1);
}
