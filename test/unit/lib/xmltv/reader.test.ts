/** Guides as they are found, and files that are none. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { spawnSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { zipSync } from 'fflate';
import { AppError } from '../../../../src/lib/errors.ts';
import type { Programme } from '../../../../src/lib/xmltv/programme.ts';
import {
  XMLTV_TAIL,
  xmltvChannel,
  xmltvHead,
  xmltvProgramme,
} from '../../../../src/lib/xmltv/write.ts';
import { xmltvTime } from '../../../../src/lib/xmltv/time.ts';
import { readGuide } from './read-guide.ts';

const DATA = `${process.cwd()}/../shared/data/xmltv`;
const SMALL = `<?xml version="1.0"?><tv><channel id="one"><display-name>One</display-name></channel>
<programme start="20220331180000" channel="one"><title>A &amp; B</title></programme></tv>`;

interface Indexed {
  readonly file: string;
  readonly channels: number;
  readonly programmes: number;
  readonly without_stop: number;
  readonly without_title: number;
}

const index = await readFile(`${DATA}/index.json`, 'utf8').then(
  (text) => JSON.parse(text) as readonly Indexed[],
  () => [],
);

test(
  'guides of the field are read as a strict parser counts them',
  { skip: index.length === 0 },
  async () => {
    for (const expected of index) {
      const guide = await readGuide(await readFile(`${DATA}/${expected.file}`));
      const { programmes, channels, refused } = guide;
      assert.deepEqual(
        {
          file: expected.file,
          channels: channels.length,
          programmes: programmes.length,
          without_stop: programmes.filter(({ stopMs }) => stopMs === null).length,
          without_title: programmes.filter(({ titles }) => titles.length === 0).length,
          refused,
        },
        {
          file: expected.file,
          channels: expected.channels,
          programmes: expected.programmes,
          without_stop: expected.without_stop,
          without_title: expected.without_title,
          refused: [],
        },
      );
    }
  },
);

test('every part of a programme arrives', { skip: index.length === 0 }, async () => {
  const { channels, programmes } = await readGuide(await readFile(`${DATA}/full-dtd.xml`));
  assert.deepEqual(channels[0], {
    id: 'channel_one',
    names: [{ text: 'Channel One', lang: 'en' }],
    iconUrl: 'https://example.com/channel_one_icon.jpg',
  });
  assert.deepEqual(programmes[0], {
    channelId: 'channel_one',
    startMs: Date.UTC(2022, 2, 31, 18),
    stopMs: Date.UTC(2022, 2, 31, 19),
    titles: [{ text: 'Programme One', lang: 'en' }],
    subtitles: [{ text: 'Pilot', lang: 'en' }],
    descriptions: [
      { text: 'This programme entry showcases all possible features of the DTD', lang: 'en' },
    ],
    categories: ['Crime', 'Drama'],
    iconUrl: 'https://example.com/programme_one_icon.jpg',
    season: 2,
    episode: 2,
    onscreen: 'S01E01',
    year: 2022,
    rating: '15',
    isNew: true,
    isLive: false,
    isRepeat: true,
  });
});

test('a declared encoding counts', async () => {
  const xml = '<?xml version="1.0" encoding="ISO-8859-1"?><tv><channel id="é"/></tv>';
  const { channels } = await readGuide(Buffer.from(xml, 'latin1'), 7);
  assert.equal(channels[0]?.id, 'é');
  const utf16 = await readGuide(Buffer.from(`\ufeff${SMALL}`, 'utf16le'), 3);
  assert.equal(utf16.programmes[0]?.titles[0]?.text, 'A & B');
});

test('xz is unpacked by the machine, and named when it is cut off or there is no program for it', async () => {
  const { stdout, error } = spawnSync('xz', ['-c'], { input: SMALL, maxBuffer: 2 ** 20 });
  if (error === undefined) {
    assert.equal((await readGuide(stdout, 10)).programmes.length, 1);
    await refuses(stdout.subarray(0, -20), /xz is broken or cut off/);
  }
  const path = process.env['PATH'];
  process.env['PATH'] = '/nowhere';
  try {
    await refuses(Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]), /has no xz program/);
  } finally {
    process.env['PATH'] = path;
  }
});

test('gzip and zip are unpacked, and named when they are cut off', async () => {
  const zip = zipSync({ 'readme.txt': Buffer.from('no'), 'guide.xml': Buffer.from(SMALL) });
  const gzip = gzipSync(SMALL);
  for (const bytes of [gzip, zip]) assert.equal((await readGuide(bytes, 10)).programmes.length, 1);
  await refuses(gzip.subarray(0, -20), /gzip is cut off/);
  await refuses(zip.subarray(0, 180), /zip is cut off/);
  await refuses(zipSync({ 'readme.txt': Buffer.from('no') }), /holds no .xml/);
  await refuses(
    Buffer.from([0x42, 0x5a, 0x68, 0x39]),
    /packed with bzip2; expected plain XML, gzip, zip or xz/,
  );
});

test('what is no guide is refused by name', async () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['<!DOCTYPE html><html><body>Account expired</body></html>', /it is a web page/],
    ['Account expired', /no <tv> element/],
    ['', /no <tv> element/],
    ['{"error":"no"}', /no <tv> element/],
    ['<rss><channel/></rss>', /begins with <rss>/],
    [SMALL.slice(0, 120), /cut off in line/],
    ['<!DOCTYPE tv [<!ENTITY a "b">]><tv/>', /defines entities/],
    ['<?xml version="1.0" encoding="klingon"?><tv/>', /encoding is "klingon"/],
    [`<tv><programme start="20220331180000" channel="a"></tv>`, /line 1/],
    [`<tv>${'<a>'.repeat(100)}`, /nested deeper/],
  ];
  for (const [text, reason] of cases) await refuses(Buffer.from(text), reason);
  await refuses(Buffer.from(`<tv><channel id="${'x'.repeat(2 ** 21)}`), /longer than/, 65_536);
});

test('what loses nothing is passed over', async () => {
  const { programmes, refused } = await readGuide(
    Buffer.from(
      `\n<?xml version="1.0"?><tv><programme start='20220331180000' channel="a"><title>Tom & Jerry &eacute;</title></programme>` +
        `<programme start="soon" channel="a"/><programme start="20220331180000"/><channel/></tv>`,
    ),
  );
  assert.equal(programmes[0]?.titles[0]?.text, 'Tom & Jerry &eacute;');
  assert.equal(refused.length, 3);
});

const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 });
const shown = text.map((one) => one.replaceAll(/[^\t\n\u0020-\ud7ff\ue000-\ufffd]/g, '').trim());
const texts = fc.array(
  fc.record(
    { text: shown.filter((one) => one !== ''), lang: fc.constantFrom('', 'en', 'pt-BR') },
    { noNullPrototype: true },
  ),
  { maxLength: 3 },
);
const programme: fc.Arbitrary<Programme & { stopMs: number }> = fc.record(
  {
    channelId: fc.constantFrom('a.b@SD', 'ü "&" <1>'),
    startMs: fc.integer({ min: 0, max: 2_000_000_000 }).map((atS) => atS * 1000),
    stopMs: fc.integer({ min: 2_000_000_001, max: 4_000_000_000 }).map((atS) => atS * 1000),
    titles: texts,
    subtitles: texts,
    descriptions: texts,
    categories: fc.uniqueArray(
      shown.filter((one) => one !== ''),
      { maxLength: 3 },
    ),
    iconUrl: fc.constantFrom('', 'https://icons.test/a?b=1&c="2"'),
    season: fc.option(fc.integer({ min: 1, max: 50 })),
    episode: fc.option(fc.integer({ min: 1, max: 5000 })),
    onscreen: fc.constant(''),
    year: fc.constantFrom(0, 1999),
    rating: fc.constantFrom('', 'PG-13'),
    isNew: fc.boolean(),
    isLive: fc.boolean(),
    isRepeat: fc.boolean(),
  },
  { noNullPrototype: true },
);

test('what is written is read as the same, however it is cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(programme, { maxLength: 5 }),
      fc.integer({ min: 1, max: 300 }),
      async (programmes, pieceBytes) => {
        const channel = { id: 'ü "&" <1>', names: [{ text: '<One>', lang: '' }], iconUrl: '' };
        const xml =
          xmltvHead('Slu"ice') +
          xmltvChannel(channel) +
          programmes.map(xmltvProgramme).join('') +
          XMLTV_TAIL;
        const read = await readGuide(Buffer.from(xml), pieceBytes);
        assert.deepEqual(read.channels, [channel]);
        assert.deepEqual(read.programmes, programmes);
        assert.deepEqual(read.refused, []);
      },
    ),
    { numRuns: 60 },
  );
});

test('any bytes are a guide or refused as none', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.uint8Array({ maxLength: 300 }),
        fc.string().map((tail) => Buffer.from(`<tv>${tail}</tv>`)),
      ),
      async (bytes) => {
        await readGuide(bytes, 50).catch((error: unknown) => {
          assert.ok(error instanceof AppError && error.code === 'guide.bad-file', String(error));
        });
      },
    ),
    { numRuns: 300 },
  );
});

test('the zone of what is written is a number', () => {
  assert.match(xmltvTime(Date.UTC(2022, 2, 31, 18)), /^20220331180000 \+0000$/);
});

async function refuses(bytes: Uint8Array, reason: RegExp, pieceBytes?: number): Promise<void> {
  await assert.rejects(readGuide(bytes, pieceBytes), (error: unknown) => {
    assert.ok(error instanceof AppError && error.code === 'guide.bad-file', String(error));
    assert.match(error.message, reason);
    return true;
  });
}
