/** Lists of channels as they really are: what is read of them, what is refused, and what is no list. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { M3uEntry, M3uProblem } from '../../../../src/lib/m3u/entry.ts';
import { M3uReader } from '../../../../src/lib/m3u/reader.ts';

const DATA = '../shared/data/m3u';
const withoutData = existsSync(DATA) ? false : `needs ${DATA}`;

interface ReadList {
  readonly entries: readonly M3uEntry[];
  readonly problems: readonly M3uProblem[];
}

/** @param pieceChars how it comes */
function read(text: string, pieceChars = Infinity, baseUrl = ''): ReadList {
  const entries: M3uEntry[] = [];
  const problems: M3uProblem[] = [];
  const reader = new M3uReader(
    { entry: (entry) => entries.push(entry), refused: (problem) => problems.push(problem) },
    baseUrl,
  );
  const step = Math.min(pieceChars, text.length || 1);
  for (let at = 0; at < text.length; at += step) reader.write(text.slice(at, at + step));
  reader.end();
  return { entries, problems };
}

function only(text: string): M3uEntry {
  const { entries } = read(text);
  assert.equal(entries.length, 1);
  const [entry] = entries;
  assert.ok(entry !== undefined);
  return entry;
}

const URL = 'http://example.org/1.m3u8';

describe('a list of channels', () => {
  test('has quoted, single-quoted and bare attributes, the name behind the comma', () => {
    const entry = only(
      `#EXTM3U\n#EXTINF:-1 tvg-id="a.uk" TVG-LOGO='http://l/x,y.png' tvg-chno=7 radio="true" group-title="News, and more",One, two\n${URL}`,
    );
    assert.equal(entry.tvgId, 'a.uk');
    assert.equal(entry.logo, 'http://l/x,y.png');
    assert.equal(entry.number, 7);
    assert.equal(entry.isRadio, true);
    assert.equal(entry.group, 'News, and more');
    assert.equal(entry.name, 'One, two');
  });

  for (const [header, expected] of [
    ['#EXTM3U', []],
    ['#EXTM3U url-tvg="http://g/a.xml"', ['http://g/a.xml']],
    [
      '#EXTM3U url-tvg="http://g/a.xml?x=1,2, https://g/b.xml.gz"',
      ['http://g/a.xml?x=1,2', 'https://g/b.xml.gz'],
    ],
    [
      `#EXTM3U x-tvg-url=http://g/c.xml url-tvg='http://g/a.xml' tvg-shift=1`,
      ['http://g/a.xml', 'http://g/c.xml'],
    ],
    ['#EXTM3U url-tvg="http://g/a.xml" x-tvg-url="http://g/a.xml"', ['http://g/a.xml']],
    ['#EXTM3U url-tvg="" x-tvg-url="guide.xml" tvg-url="file:///etc/passwd"', []],
  ] as const)
    test(`names guides: ${header}`, () => {
      const named: string[] = [];
      const ignore = () => undefined;
      const guides = (urls: readonly string[]) => void named.push(...urls);
      const reader = new M3uReader({ entry: ignore, refused: ignore, guides });
      reader.write(`${header}\n#EXTINF:-1,One\n${URL}\n`);
      reader.end();
      assert.deepEqual(named, expected);
    });

  test('may have quotes within values, and equals signs', () => {
    const entry = only(
      `#EXTINF:0 tvg-name="The "Best" of" catchup-source="?a=1&b=2" group-title="G",N\n${URL}`,
    );
    assert.equal(entry.group, 'G');
    assert.equal(entry.catchupSource, '?a=1&b=2');
    assert.equal(entry.name, 'N');
  });

  test('names headers in options, attributes, and behind a bar', () => {
    const piped = only(`#EXTINF:-1,A\n${URL}|User-Agent=My%20App/1&Referer=http://r/`);
    assert.deepEqual([piped.url, piped.userAgent, piped.referrer], [URL, 'My App/1', 'http://r/']);
    const options = only(
      `#EXTINF:-1,A\n#EXTVLCOPT:http-user-agent="X/2"\n#EXTVLCOPT:http-referrer=http://r/\n${URL}`,
    );
    assert.deepEqual([options.userAgent, options.referrer], ['X/2', 'http://r/']);
    const json = only(`#EXTINF:-1,A\n#EXTHTTP:{"User-Agent":"Y/3"}\n${URL}`);
    assert.equal(json.userAgent, 'Y/3');
  });

  test('keeps groups and properties of the entry they stand in alone', () => {
    const { entries } = read(
      `#EXTGRP:Lost\n#EXTINF:-1 group-title="Own",A\n#EXTGRP:Given\n#KODIPROP:mimetype=x\n${URL}\n#EXTINF:-1,B\n${URL}`,
    );
    assert.deepEqual(
      entries.map(({ group, properties }) => [group, properties]),
      [
        ['Given', ['mimetype=x']],
        ['', []],
      ],
    );
  });

  test('may be nothing but addresses, without a first line, or begin with a byte order mark', () => {
    assert.equal(read(`${URL}\nhttps://b.example/2.ts`).entries.length, 2);
    assert.equal(
      read(`\uFEFF#EXTM3U url-tvg="http://g/1.xml,http://g/2.xml"\r\n#EXTINF:-1,A\r\n${URL}\r\n`)
        .entries.length,
      1,
    );
  });

  test('has titles of several lines', () => {
    assert.equal(
      only(`#EXTINF:-1 tvg-id="x",First part\nand the rest\n${URL}`).name,
      'First part and the rest',
    );
  });

  test('refuses entries without an address by their line, and goes on', () => {
    const { entries, problems } = read(
      `#EXTM3U\n#EXTINF:-1,A\n#EXTINF:-1,B\n${URL}\n#EXTINF:-1,C\njavascript:alert(1)//x.y\n#EXTINF:-1,D`,
    );
    assert.deepEqual(
      entries.map(({ name }) => name),
      ['B'],
    );
    assert.deepEqual(
      problems.map(({ line }) => line),
      [2, 6, 7],
    );
  });

  test('takes relative addresses where the list has one itself', () => {
    const list = '#EXTM3U\n#EXTINF:-1,A\nlive/1.m3u8';
    assert.equal(
      read(list, Infinity, 'http://p.example/x/list.m3u').entries[0]?.url,
      'http://p.example/x/live/1.m3u8',
    );
    assert.throws(() => read(list), /none of its entries has an address/);
  });

  test('says what a file is that is none', () => {
    const wrong: readonly (readonly [string, RegExp])[] = [
      ['<!DOCTYPE html><html>expired</html>', /HTML/],
      ['{"error":"account expired"}', /JSON/],
      ['#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXTINF:6,\nseg1.ts', /one HLS stream/],
      ['account expired', /no channel/],
      ['', /no channel/],
      ['#EXTM3U\n', /no channel/],
    ];
    for (const [text, reason] of wrong) assert.throws(() => read(text), reason);
  });

  test('does not keep an endless line', () => {
    const { entries, problems } = read(
      `#EXTM3U\n#EXTINF:-1,${'x'.repeat(200_000)}\n${URL}\n#EXTINF:-1,B\n${URL}`,
      1000,
    );
    assert.deepEqual(
      entries.map(({ name }) => name),
      ['example.org', 'B'],
    );
    assert.match(problems[0]?.reason ?? '', /longer than/);
  });

  test('reads the same however it is cut into pieces, and never fails but by name', () => {
    const line = fc.oneof(
      fc.constantFrom(
        '#EXTM3U',
        '#EXTINF:-1,A',
        URL,
        '#EXTGRP:x',
        '#EXTVLCOPT:http-referrer=y',
        '',
      ),
      fc.string({ maxLength: 40 }),
      fc
        .string({ maxLength: 30 })
        .map((text) => `#EXTINF:-1 tvg-id="${text}" group-title=${text},${text}`),
    );
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 20 }),
        fc.integer({ min: 1, max: 50 }),
        (lines, pieceChars) => {
          const text = lines.join('\n');
          const outcome = (chars: number) => {
            try {
              return read(text, chars);
            } catch (error) {
              assert.match(String(error), /this is no channel list/);
              return String(error);
            }
          };
          assert.deepEqual(outcome(pieceChars), outcome(Infinity));
        },
      ),
    );
  });
});

describe('real lists', { skip: withoutData }, () => {
  interface Counted {
    readonly file: string;
    readonly extinf_lines: number;
    readonly absolute_url_lines: number;
    readonly with_tvg_id: number;
  }

  test('have as many entries as were counted, whole and with their ids', () => {
    const counted = JSON.parse(
      readFileSync(join(DATA, 'index.json'), 'utf8'),
    ) as readonly Counted[];
    for (const {
      file,
      extinf_lines: infs,
      absolute_url_lines: urls,
      with_tvg_id: ids,
    } of counted) {
      if (!file.endsWith('.m3u')) continue;
      const { entries } = read(
        readFileSync(join(DATA, file), 'utf8'),
        5000,
        'http://base.example/',
      );
      assert.ok(
        entries.length >= urls && entries.length <= Math.max(infs, urls),
        `${file}: ${entries.length} of ${urls}`,
      );
      // Counted by the name in lower case.
      const named = entries.filter(({ tvgId }) => tvgId !== '').length;
      assert.ok(named >= Math.min(ids, entries.length), file);
    }
  });

  test('of other readers are read as those read them', () => {
    interface Expected {
      readonly items: readonly {
        readonly name: string;
        readonly url: string;
        readonly tvg: { readonly id: string; readonly logo: string };
        readonly group: { readonly title: string };
        readonly http: { readonly referrer: string; readonly 'user-agent': string };
      }[];
    }
    for (const name of ['ipp-kodi', 'ipp-url_tvg', 'ipp-user_agent', 'ipp-vlcopt']) {
      const expected = JSON.parse(
        readFileSync(join(DATA, 'odd', `${name}.expected.json`), 'utf8'),
      ) as Expected;
      const { entries } = read(readFileSync(join(DATA, 'odd', `${name}.m3u`), 'utf8'));
      assert.deepEqual(
        entries.map((entry) => [
          entry.name,
          entry.url,
          entry.tvgId,
          entry.logo,
          entry.group,
          entry.referrer,
          entry.userAgent,
        ]),
        expected.items.map(({ name: title, url, tvg, group, http }) => [
          title,
          url.split('|')[0],
          tvg.id,
          tvg.logo,
          group.title,
          http.referrer,
          http['user-agent'],
        ]),
        name,
      );
    }
  });

  test('of HLS streams are refused', () => {
    for (const file of readdirSync(join(DATA, 'hls')))
      assert.throws(
        () => read(readFileSync(join(DATA, 'hls', file), 'utf8')),
        /no channel list/,
        file,
      );
  });
});
