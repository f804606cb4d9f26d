/**
 * Protects the threads from artwork: whatever its bytes are, the answer is a poster, in bounded time and
 * memory, and the thread that drew it lives on. Runs through the real pool.
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import type { Logger } from '../../src/platform/log/logger.ts';
import { createTaskPool } from '../../src/platform/pool/piscina-pool.ts';
import type { PosterFormat } from '../../workers/contract.ts';
import { gifFile, pngFile } from '../support/fixtures/pictures.ts';
import { cpuClock } from '../support/cpu-time.ts';

const IMAGES = join(process.cwd(), '../shared/data/images');
const absent = existsSync(IMAGES) ? false : `no ${IMAGES}`;
/** 20 times what the slowest takes here. */
const CPU_MS_MAX = 8000;
const MEMORY_BYTES_MAX = 400 * 1024 * 1024;

const problems: string[] = [];
const listening: Logger = {
  debug() {},
  info() {},
  child: () => listening,
  warn: (_fields, message) => problems.push(message),
  error: (_fields, message) => problems.push(message),
};
const limits = { threads: 1, queueMax: 10, taskTimeoutMs: 240_000, closeTimeoutMs: 5000 };
const pool = createTaskPool({ ...limits, logger: listening });
after(() => pool[Symbol.asyncDispose]());

async function render(artwork: Uint8Array | null, format: PosterFormat = 'jpeg', rating = 6.8) {
  const text = { title: 'Caminandes', year: 2013, rating };
  const usedMs = cpuClock();
  const poster = await pool.run(
    'poster.render',
    { ...text, artwork, format },
    { signal: AbortSignal.timeout(240_000) },
  );
  assert.ok(usedMs() < CPU_MS_MAX, 'in bounded time');
  assert.deepEqual(problems, [], 'the thread lives on');
  return poster;
}

const placeholder = (await render(null)).bytes;
const isPlaceholder = async (artwork: Uint8Array) => {
  const poster = await render(artwork);
  assert.equal(poster.artworkUsed, false);
  assert.deepEqual(Buffer.from(poster.bytes), Buffer.from(placeholder));
};

describe('artwork that is no picture gives the placeholder', () => {
  const nonsense: Readonly<Record<string, Buffer>> = {
    nothing: Buffer.alloc(0),
    zeros: Buffer.alloc(10_000),
    text: Buffer.from('<html><body>Not found</body></html>'),
    'a JPEG head and nothing else': Buffer.from([0xff, 0xd8, 0xff, 0xe0]),
    'a WebP head and nothing else': Buffer.from('RIFF\u00ff\u00ff\u00ff\u007fWEBPVP8 '),
    'an AVIF head and nothing else': Buffer.from('\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf'),
    'a TIFF head': Buffer.from('II*\0\x08\0\0\0'),
    'a PDF': Buffer.from('%PDF-1.7\n1 0 obj\n'),
    'a picture of 50,000 × 50,000': pngFile(
      { width: 50_000, height: 50_000, depth: 8 },
      Buffer.alloc(1000),
    ),
    'a picture of 2³¹ pixels in width': pngFile(
      { width: 0x7fffffff, height: 1, depth: 8 },
      Buffer.alloc(1000),
    ),
    'a picture with fewer rows than it claims': pngFile(
      { width: 600, height: 900, depth: 8 },
      Buffer.alloc(1000),
    ),
    'a tracking pixel': pngFile({ width: 1, height: 1, depth: 8 }, Buffer.alloc(5)),
    'an animation on a screen of 65,535²': gifFile(65_535, 1),
    'an animation without a frame': gifFile(300, 0),
  };
  for (const [name, bytes] of Object.entries(nonsense)) it(name, () => isPlaceholder(bytes));
});

describe('SVG is refused, whatever it refers to', () => {
  it('entities, files and addresses', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-svg-'));
    try {
      const secret = join(folder, 'secret.png');
      await writeFile(
        secret,
        pngFile({ width: 300, height: 450, depth: 8 }, Buffer.alloc(450 * 1201)),
      );
      const namespaces =
        'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"';
      const head = `<svg ${namespaces} width="300" height="450">`;
      const laughs = Array.from(
        { length: 9 },
        (_, level) => `<!ENTITY b${level + 1} "${`&b${level};`.repeat(10)}">`,
      );
      const files = [
        `${head}<image xlink:href="${pathToFileURL(secret).href}" width="300" height="450"/></svg>`,
        `<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>${head}<text y="50">&x;</text></svg>`,
        `${head}<image href="http://169.254.169.254/latest" width="300" height="450"/></svg>`,
        `<!DOCTYPE svg [<!ENTITY b0 "ha">${laughs.join('')}]>${head}<text>&b9;</text></svg>`,
      ];
      for (const file of files) await isPlaceholder(Buffer.from(file));
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('pictures that are costly stay within time and memory', () => {
  const costly: Readonly<Record<string, Buffer>> = {
    '10 megapixels of 64 bits from 80 KB': pngFile(
      { width: 2500, height: 4000, depth: 16 },
      Buffer.alloc(4000 * 20_001),
    ),
    '300,000 frames': gifFile(300, 300_000),
  };
  for (const [name, bytes] of Object.entries(costly)) {
    it(name, async () => {
      const before = process.memoryUsage.rss();
      await render(bytes);
      assert.ok(process.memoryUsage.rss() - before < MEMORY_BYTES_MAX);
    });
  }
});

describe('real pictures', { skip: absent }, () => {
  it('all formats are shown, in all formats, with and without badge, and the same bytes each time', async () => {
    const files = (await readdir(IMAGES)).filter((name) => /\.(jpg|png|webp|avif|gif)$/.test(name));
    assert.ok(files.length > 8);
    for (const name of files) {
      const bytes = await readFile(join(IMAGES, name));
      const poster = await render(bytes);
      assert.equal(poster.artworkUsed, true, name);
      assert.deepEqual((await render(bytes)).bytes, poster.bytes, name);
    }
    const artwork = await readFile(join(IMAGES, 'poster-2x3.jpg'));
    for (const format of ['jpeg', 'webp', 'avif'] as const) {
      for (const rating of [-1, 6.8]) {
        assert.equal((await render(artwork, format, rating)).artworkUsed, true);
        assert.deepEqual(
          (await render(artwork, format, rating)).bytes,
          (await render(artwork, format, rating)).bytes,
        );
      }
    }
  });

  it('the vector drawing is refused', async () =>
    isPlaceholder(await readFile(join(IMAGES, 'vector.svg'))));

  it('PngSuite: every colour type and depth is shown', async () => {
    for (const name of await readdir(join(IMAGES, 'pngsuite'))) {
      if (!name.endsWith('.png')) continue;
      const poster = await render(await readFile(join(IMAGES, 'pngsuite', name)));
      assert.equal(poster.artworkUsed, !name.startsWith('x'), name);
    }
  });

  it('truncated anywhere, they give a poster', async () => {
    for (const name of [
      'poster-2x3.jpg',
      'poster-2x3.png',
      'poster-2x3.webp',
      'poster-2x3.avif',
      'poster-2x3.gif',
    ]) {
      const bytes = await readFile(join(IMAGES, name));
      for (let part = 0; part < 10; part++) {
        const poster = await render(bytes.subarray(0, Math.floor((bytes.length * part) / 10)));
        if (/jpg|png|webp/.test(name))
          assert.equal(poster.artworkUsed, false, `${name}, ${part}/10`);
      }
    }
  });

  it('changed anywhere, they give a poster and never end the thread', async () => {
    const names = ['jpg', 'png', 'webp', 'avif', 'gif'].map((type) => `poster-2x3.${type}`);
    const originals = await Promise.all(names.map((name) => readFile(join(IMAGES, name))));
    const edit = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), byte: fc.nat(255) });
    const edits = fc.array(edit, { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...originals), edits, async (original, changes) => {
        const bytes = Buffer.from(original);
        // Squared: most changes hit the head, where sizes and offsets stand.
        for (const { at, byte } of changes) bytes[Math.floor(at * at * (bytes.length - 1))] = byte;
        assert.ok((await render(bytes)).bytes.byteLength > 1000);
      }),
      { numRuns: 300, interruptAfterTimeLimit: 60_000 },
    );
  });
});
