/** What is malformed costs no more than itself, and memory is bounded whatever comes. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ITEM_CHARS_MAX } from '../../../../src/lib/torznab/item-splitter.ts';
import { feedOf, readFeed, readItems } from './read-corpus.ts';

const HASH = 'aabbccddeeff00112233445566778899aabbccdd';
const GOOD = `<title>Good.2010.1080p</title><torznab:attr name="infohash" value="${HASH}"/>`;
const titles = (document: string, pieceBytes?: number) =>
  readFeed(document, pieceBytes).items.map(({ title }) => title);

describe('one bad item never loses the others', () => {
  const bad: Readonly<Record<string, string>> = {
    'an open CDATA section': '<title><![CDATA[Bad</title>',
    'an open CDATA section before another one': '<title><![CDATA[Bad</title><link>x</link>',
    'an open comment': '<title>Bad</title><!-- no end',
    'an attribute without its quote': '<title>Bad</title><enclosure url="http://x length=1/>',
    'tags in disorder': '<title>Bad<link></title></link></b></i>',
    'a bare ampersand': '<title>Bad & worse &nonsense; &#xffffffff;</title>',
    'a less-than sign': '<title>Bad <3 < 4</title>',
    'control characters': '<title>Bad\u0000\u0008\u001f</title>',
    'nothing at all': '',
    'no title': '<link>http://x/</link>',
    'a number that is none': '<title>Bad</title><size>0x1F</size><pubDate>yesterday</pubDate>',
    'attributes without values': '<title>Bad</title><torznab:attr name="size"/><torznab:attr/>',
    'elements within elements': `<title>Bad</title>${'<a>'.repeat(20_000)}`,
    'a processing instruction': '<title>Bad</title><?php echo 1',
    'a doctype': '<title>Bad</title><!DOCTYPE x [<!ENTITY a "b">]>',
  };
  for (const [what, inside] of Object.entries(bad)) {
    test(what, () => {
      const document = feedOf(
        GOOD,
        inside,
        GOOD.replace('Good', 'Next'),
        '<title><![CDATA[Last]]></title>',
      );
      for (const pieceBytes of [Infinity, 11]) {
        const found = titles(document, pieceBytes);
        assert.equal(found[0], 'Good.2010.1080p');
        assert.ok(found.includes('Next.2010.1080p'), found.join());
        assert.equal(found.at(-1), 'Last');
      }
    });
  }

  test('an item without an end', () => {
    const document = feedOf(GOOD, '<title>Open</title>', GOOD).replace(
      'Open</title></item>',
      'Open</title>',
    );
    assert.deepEqual(titles(document), ['Good.2010.1080p', 'Open', 'Good.2010.1080p']);
    const last = feedOf(GOOD, '<title>Open</title>').replace('Open</title></item>', 'Open</title>');
    assert.deepEqual(titles(last), ['Good.2010.1080p', 'Open']);
  });

  test('an item that is too long, in one text or in many tags', () => {
    for (const filling of ['x'.repeat(3 * ITEM_CHARS_MAX), '<b>y</b>'.repeat(ITEM_CHARS_MAX / 2)]) {
      const document = feedOf(
        GOOD,
        `<title>Long</title><description>${filling}</description>`,
        GOOD,
      );
      for (const pieceBytes of [65_536, 1000]) {
        const { items, summary } = readFeed(document, pieceBytes);
        assert.equal(items.length, 2);
        assert.equal(summary.itemsBad, 1);
        assert.equal(summary.isCutOff, false);
      }
    }
  });

  test('a section may hold what looks like the end of an item', () => {
    const inside =
      '<title>Tricky</title><description><![CDATA[<item></item> a > b]]></description>';
    assert.deepEqual(titles(feedOf(inside, GOOD)), ['Tricky', 'Good.2010.1080p']);
    assert.deepEqual(titles(feedOf(`<!-- <item><title>No</title></item> -->${GOOD}`)), [
      'Good.2010.1080p',
    ]);
    const before = feedOf(GOOD).replace(
      '<title>Test',
      '<!-- <item> --><title><![CDATA[<item>]]>Test',
    );
    assert.deepEqual(titles(before), ['Good.2010.1080p']);
  });
});

describe('fields', () => {
  test('a hash from wherever it stands, in its forms', () => {
    const base32 = 'VK54ZXPO74ABCIRTIRKWM54ITGVLXTG5';
    const hashOf = (inside: string) => readItems(`<title>x</title>${inside}`)[0]?.infohash;
    for (const inside of [
      `<torznab:attr name="INFOHASH" value="${HASH.toUpperCase()}"/>`,
      `<attr xmlns="http://torznab.com/schemas/2015/feed" name="infohash" value="${HASH}"/>`,
      `<other:attr name="infohash" value="${base32}"/>`,
      `<torznab:attr name="magneturl" value="magnet:?xt=urn:btih:${base32}&amp;dn=x"/>`,
      `<enclosure url="magnet:?dn=x&amp;xt=urn%3Abtih%3A${HASH}" type="application/x-bittorrent"/>`,
      `<link>magnet:?xt=urn:btih:${HASH}</link>`,
      `<link><![CDATA[magnet:?xt=urn:btih:${HASH}&dn=a&tr=b]]></link>`,
      `<guid isPermaLink="false">magnet:?xt=urn:btih:${HASH}</guid>`,
      `<comments>magnet:?xt=urn:btih:${HASH}</comments>`,
      `<guid>${HASH}</guid>`,
      `<nyaa:infoHash>${HASH}</nyaa:infoHash>`,
      `<torrent xmlns="http://xmlns.ezrss.it/0.1/"><infoHash>${HASH}</infoHash></torrent>`,
      `<enclosure url="http://cache.test/torrent/${HASH.toUpperCase()}.torrent?title=x" type="application/x-bittorrent"/>`,
      `<torznab:attr name="infohash" value="none"/><link>magnet:?xt=urn:btih:${HASH}</link>`,
    ])
      assert.equal(hashOf(inside), HASH, inside);
    for (const inside of [
      `<link>https://t.test/download/${HASH}/1</link>`,
      '<torznab:attr name="infohash" value=""/>',
      `<torznab:attr name="infohash" value="${'0'.repeat(40)}"/>`,
      '<guid>https://t.test/1</guid>',
    ])
      assert.equal(hashOf(inside), null, inside);
  });

  test('sizes: the first that is one', () => {
    const sizeOf = (inside: string) => readItems(`<title>x</title>${inside}`)[0]?.sizeBytes;
    assert.equal(sizeOf('<size>1.5 GB</size>'), 1.5 * 2 ** 30);
    assert.equal(sizeOf('<size>839.713 MB</size>'), Math.round(839.71 * 2 ** 20));
    assert.equal(sizeOf('<torznab:attr name="size" value="0"/><size>7</size>'), 7);
    assert.equal(
      sizeOf('<size>-5</size><enclosure url="http://x/a.torrent" length="2000000"/>'),
      2_000_000,
    );
    assert.equal(sizeOf('<size>18446744073709551615</size>'), 0);
    assert.equal(sizeOf('<size>1e9</size>'), 0);
    assert.equal(sizeOf('<size>0x1F</size>'), 0);
    assert.equal(sizeOf('<size>007</size>'), 7);
    assert.equal(
      sizeOf('<enclosure url="http://x/a.torrent" length="51200"/>'),
      0,
      "the file's own",
    );
  });

  test('titles: one line, unescaped once more where they were escaped twice', () => {
    const titleOf = (title: string) => readItems(`<title>${title}</title>`)[0]?.title;
    assert.equal(titleOf('\n  Two\r\n lines\t here '), 'Two lines here');
    assert.equal(titleOf('Tom &amp;amp; Jerry &amp;#39;x&amp;#39;'), "Tom & Jerry 'x'");
    assert.equal(titleOf('<![CDATA[Tom &amp; Jerry]]>'), 'Tom & Jerry');
    assert.equal(titleOf('Am&eacute;lie&nbsp;&ndash; &#x1F600; &Uuml;ber'), 'Amélie – 😀 Über');
    assert.equal(titleOf('S01 <b>bold</b> E02'), 'S01 E02');
    assert.equal(titleOf('x'.repeat(5000))?.length, 500);
    const [named] = readItems('<torrent:fileName>A.Name.torrent</torrent:fileName>');
    assert.equal(named?.title, 'A.Name');
    const [other] = readItems(
      '<media:title>No</media:title><title>Yes</title><atom:title>No</atom:title>',
    );
    assert.equal(other?.title, 'Yes');
  });

  test('trackers: of public torrents, without passkeys', () => {
    const trackersOf = (more: string, tracker: string) =>
      readItems(
        `<title>x</title><link>magnet:?xt=urn:btih:${HASH}&amp;tr=${encodeURIComponent(tracker)}</link>${more}`,
      )[0]?.trackers;
    const open = 'udp://tracker.test:1337/announce';
    assert.deepEqual(trackersOf('', open), [open]);
    assert.deepEqual(
      trackersOf('', 'https://t.test/0123456789abcdef0123456789abcdef/announce'),
      [],
    );
    assert.deepEqual(trackersOf('<type>private</type>', open), []);
    assert.deepEqual(trackersOf('<torznab:attr name="minimumratio" value="1.0"/>', open), []);
    assert.deepEqual(
      trackersOf(`<torznab:attr name="infohash" value="${HASH.replace('a', 'b')}"/>`, open),
      [],
      'of another torrent',
    );
  });

  test('privacy, indexer and uploader', () => {
    const [item] = readItems(
      '<title>x</title><prowlarrindexer id="3" type="semiPrivate">Site</prowlarrindexer><torznab:attr name="poster" value="me"/>',
    );
    assert.deepEqual([item?.isPrivate, item?.indexer, item?.uploader], [true, 'Site', 'me']);
    const [open] = readItems(
      '<title>x</title><jackettindexer id="a">A</jackettindexer><type>public</type>',
    );
    assert.deepEqual([open?.isPrivate, open?.indexer], [false, 'A']);
    const [passkey] = readItems(
      '<title>x</title><link>https://t.test/dl?id=1&amp;torrent_pass=abc</link>',
    );
    assert.equal(passkey?.isPrivate, true);
    assert.equal(readItems('<title>x</title>')[0]?.isPrivate, null);
  });

  test('categories as numbers, else as words', () => {
    const categoriesOf = (inside: string) => readItems(`<title>x</title>${inside}`)[0]?.categories;
    assert.deepEqual(categoriesOf('<category>5040</category>'), [5040]);
    assert.deepEqual(categoriesOf('<category>tv_show</category>'), [5000]);
    assert.deepEqual(categoriesOf('<category>Movies &gt; HD</category>'), [2000]);
    assert.deepEqual(categoriesOf('<category>Raw Anime</category>'), [5070]);
    assert.deepEqual(categoriesOf('<category>Music</category><category>1080p</category>'), [3000]);
    assert.deepEqual(
      categoriesOf('<category>movie</category><torznab:attr name="category" value="2045"/>'),
      [2045],
    );
  });
});

describe('documents', () => {
  test('encodings: by mark, by declaration, by what the answer said', () => {
    const declared = (encoding: string) =>
      feedOf('<title>Amélie Ж</title>').replace('UTF-8', encoding);
    assert.deepEqual(titles(`\ufeff${declared('UTF-8')}`), ['Amélie Ж']);
    const utf16 = Buffer.from(`\ufeff${declared('UTF-16')}`, 'utf16le');
    assert.equal(readFeed(utf16, 3).items[0]?.title, 'Amélie Ж');
    assert.equal(readFeed(utf16.swap16(), 5).items[0]?.title, 'Amélie Ж');
    assert.deepEqual(titles(declared('UTF-16')), ['Amélie Ж'], 'says UTF-16, is UTF-8');
    assert.deepEqual(titles(declared('x-unknown')), ['Amélie Ж']);
    const latin = Buffer.from(declared('ISO-8859-1').replace(' Ж', ''), 'latin1');
    assert.equal(readFeed(latin, 1).items[0]?.title, 'Amélie');
    const broken = Buffer.concat([
      Buffer.from(feedOf('<title>A\u0001').slice(0, -30)),
      Buffer.from([0xff, 0xfe]),
    ]);
    assert.equal(readFeed(broken).summary.isCutOff, true);
  });

  test('kinds: errors in both spellings, pages, other things', () => {
    const summaryOf = (document: string) => readFeed(document).summary;
    const bitmagnet = summaryOf('<error error="202" description="no such function (x)"></error>');
    assert.deepEqual(bitmagnet.error, { code: 202, description: 'no such function (x)' });
    assert.equal(bitmagnet.kind, 'error');
    assert.equal(
      summaryOf('<?xml version="1.0"?>\n<error code="x" description=" a\nb "/>').error?.description,
      'a b',
    );
    assert.equal(summaryOf('<!DOCTYPE html><html><body>Sign in</body></html>').kind, 'html');
    assert.equal(summaryOf('<HTML><HEAD>').kind, 'html');
    assert.equal(summaryOf('{"error":1}').kind, 'json');
    assert.equal(summaryOf(' \n').kind, 'empty');
    assert.equal(summaryOf('Not Found').kind, 'other');
    assert.equal(summaryOf('<rdf:RDF><channel/><item><title>a</title></item></rdf:RDF>').items, 1);
    const page = feedOf(GOOD).replace('<item>', '<newznab:response offset="0" total="12"/><item>');
    assert.equal(summaryOf(page).total, 12);
    const wrapped = feedOf(GOOD).replace(
      '<item>',
      '<response xmlns="http://www.newznab.com/" offset="18446744073709551615"/><item>',
    );
    assert.equal(summaryOf(wrapped).total, null);
  });
});

describe('properties', () => {
  const anything = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '<item>',
      '</item>',
      '<item',
      '<![CDATA[',
      ']]>',
      '<!--',
      '-->',
      '<title>',
      '</title>',
      '"',
      "'",
      '<',
      '>',
      '&',
      ';',
      '</channel>',
      '<rss>',
      '</rss>',
      '<torznab:attr name="infohash" value="',
      '<?',
      '?>',
      '<!DOCTYPE',
      GOOD,
    ),
  );
  const document = fc.array(anything, { maxLength: 60 }).map((parts) => parts.join(''));

  test('never throws, and reads the same however it is cut', () => {
    fc.assert(
      fc.property(document, fc.integer({ min: 1, max: 40 }), (text, pieceBytes) => {
        const whole = readFeed(text);
        assert.deepEqual(readFeed(text, pieceBytes), whole);
        assert.equal(whole.summary.items, whole.items.length);
      }),
      { numRuns: 500 },
    );
  });

  test('well-formed items around anything in a section are all found', () => {
    const text = fc
      .string({ unit: 'binary' })
      .filter((value) => !/[\]>]|\p{Cc}/u.test(value) && !value.includes('<![CDATA['));
    fc.assert(
      fc.property(
        fc.array(text, { maxLength: 8 }),
        fc.integer({ min: 1, max: 50 }),
        (texts, pieceBytes) => {
          const items = texts.map(
            (value, at) => `<title>t${at}</title><description><![CDATA[${value}]]></description>`,
          );
          assert.deepEqual(
            titles(feedOf(...items), pieceBytes),
            texts.map((_, at) => `t${at}`),
          );
        },
      ),
    );
  });
});
