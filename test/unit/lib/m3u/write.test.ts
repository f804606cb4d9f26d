/** One row for each rule of strict clients: what goes wrong there without it, and the line that keeps it. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { M3uEntry } from '../../../../src/lib/m3u/entry.ts';
import { M3uReader } from '../../../../src/lib/m3u/reader.ts';
import { m3uEntry, m3uHeader, type M3uOutput } from '../../../../src/lib/m3u/write.ts';

const ENTRY: M3uOutput = {
  id: '0123456789abcdef',
  name: 'One',
  group: 'News',
  number: 7,
  logo: 'http://logos.example/1.png',
  tvgId: 'one.uk',
  isRadio: false,
  mimetype: '',
  catchupDays: 0,
  catchupUrl: '',
  url: 'http://host.example/iptv/token/live/0123456789abcdef',
};
const of = (entry: Partial<M3uOutput>, hasNumbers = true) =>
  m3uEntry({ ...ENTRY, ...entry }, hasNumbers);
const extinf = (entry: Partial<M3uOutput> = {}) => of(entry).split('\n')[0] ?? '';

const RULES: readonly (readonly [client: string, rule: string, keeps: () => void])[] = [
  [
    'all',
    'a list begins with #EXTM3U and names its guide in both spellings',
    () =>
      assert.equal(
        m3uHeader('http://h/guide.xml'),
        '#EXTM3U url-tvg="http://h/guide.xml" x-tvg-url="http://h/guide.xml"\n',
      ),
  ],
  [
    'pvr.iptvsimple',
    'names of attributes in lower case only',
    () => {
      const said = extinf({ isRadio: true, catchupUrl: 'http://h/c', catchupDays: 3 });
      for (const [, name = ''] of said.matchAll(/ ([\w-]+)="/g))
        assert.equal(name, name.toLowerCase());
    },
  ],
  [
    'iptv-playlist-parser, pvr.iptvsimple',
    'values in double quotes, nothing between the last one and the comma',
    () => assert.match(extinf(), /^#EXTINF:-1(?: [a-z-]+="[^"]*")+,One$/),
  ],
  [
    'm3u8-parser, players of Xtream lists',
    'no quote within a value',
    () => assert.match(extinf({ group: 'The "best"', tvgId: 'a"b' }), /group-title="The 'best'"/),
  ],
  [
    'pvr.iptvsimple',
    'a quote in the name behind the comma stays',
    () => assert.ok(extinf({ name: 'Two "quoted"' }).endsWith(',Two "quoted"')),
  ],
  [
    'pvr.iptvsimple',
    'no quote in a name with a comma: the name begins behind the first comma after the last quote',
    () => assert.ok(extinf({ name: 'Two "quoted", x' }).endsWith(`,Two 'quoted', x`)),
  ],
  [
    'pvr.iptvsimple',
    'groups in group-title alone, joined with `;`; none of #EXTGRP, above which the entry is lost',
    () => {
      assert.match(extinf({ group: 'News;UK' }), /group-title="News;UK"/);
      assert.doesNotMatch(of({}), /#EXTGRP/);
    },
  ],
  [
    'pvr.iptvsimple',
    'no group-title where there is no group',
    () => assert.doesNotMatch(extinf({ group: '' }), /group-title/),
  ],
  [
    'pvr.iptvsimple',
    'tvg-chno on every entry or on none, as it counts on from the last one',
    () => {
      assert.match(of({}, true), / tvg-chno="7"/);
      assert.doesNotMatch(of({}, false), /tvg-chno/);
    },
  ],
  [
    'pvr.iptvsimple',
    'radio="true" of what is radio, no such attribute of others',
    () => {
      assert.match(extinf({ isRadio: true }), / radio="true"/);
      assert.doesNotMatch(extinf(), /radio/);
    },
  ],
  [
    'pvr.iptvsimple',
    '#KODIPROP:mimetype between the entry and its address: two requests to open a channel in place of six',
    () =>
      assert.equal(of({ mimetype: 'video/mp2t' }).split('\n')[1], '#KODIPROP:mimetype=video/mp2t'),
  ],
  [
    'pvr.iptvsimple',
    'an entry never says media="true", which is a recording',
    () => assert.doesNotMatch(of({ isRadio: true, mimetype: 'video/mp4' }), /media=/),
  ],
  [
    'guides of all clients',
    'tvg-id on every entry: the own id where no list says one',
    () => assert.match(extinf({ tvgId: '' }), / tvg-id="0123456789abcdef"/),
  ],
  [
    'pvr.iptvsimple',
    'no empty tvg-logo, for which the name is taken as a file',
    () => assert.doesNotMatch(extinf({ logo: '' }), /tvg-logo/),
  ],
  [
    'm3u8 (Python), which reads lines',
    'titles, groups and properties of one line',
    () => {
      const text = of({ name: 'One\r\nTwo', group: 'A\nB', mimetype: 'video/mp2t\n#EXTINF:-1,x' });
      assert.equal(text.split('\n').length, 4);
      assert.match(text, /,One Two\n/);
    },
  ],
  [
    'm3u8 (Python), which raises on attributes behind a duration other than -1',
    'the duration of live television is -1',
    () => assert.ok(extinf().startsWith('#EXTINF:-1 ')),
  ],
  [
    'pvr.iptvsimple, which knows a channel by name and address',
    'the address stands alone on its line, as it was given, without options behind a bar',
    () => assert.equal(of({ mimetype: 'video/mp2t' }).split('\n')[2], ENTRY.url),
  ],
  [
    'pvr.iptvsimple',
    'catch-up by an address of ours with days, where there is any',
    () => {
      const said = extinf({ catchupDays: 3, catchupUrl: 'http://h/c?utc={utc}' });
      assert.match(
        said,
        / catchup="default" catchup-days="3" catchup-source="http:\/\/h\/c\?utc=\{utc\}"/,
      );
      assert.doesNotMatch(extinf(), /catchup/);
    },
  ],
];

describe('lists keep the rules of strict clients', () => {
  for (const [client, rule, keeps] of RULES) test(`${client}: ${rule}`, keeps);
});

test('whatever names and groups hold, as many entries are read as were written', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 40 });
  const some = fc.record({ name: text, group: text, tvgId: text, logo: text, mimetype: text });
  fc.assert(
    fc.property(fc.array(some, { minLength: 1, maxLength: 10 }), (entries) => {
      const read: M3uEntry[] = [];
      const reader = new M3uReader({
        entry: (entry) => read.push(entry),
        refused: ({ reason }) => assert.fail(reason),
      });
      reader.write(m3uHeader('') + entries.map((entry) => of(entry)).join(''));
      reader.end();
      assert.equal(read.length, entries.length);
      for (const { url } of read) assert.equal(url, ENTRY.url);
    }),
  );
});
