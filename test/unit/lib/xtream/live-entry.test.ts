/** What Xtream servers say of accounts and live streams, in the types that they use. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { JsonValue } from '../../../../src/lib/json/json-value.ts';
import { readAccount } from '../../../../src/lib/xtream/account.ts';
import { liveEntry } from '../../../../src/lib/xtream/live-entry.ts';
import { liveExtension, loginProblem } from '../../../../src/lib/xtream/profile.ts';

const account = { baseUrl: 'http://p.example:8080', username: 'a b', password: 'p/w' };
const listing = { account, extension: 'ts', categories: new Map([['823', 'News']]) };

describe('an Xtream account', () => {
  test('is read from the address of any page, or from name and password before the host', () => {
    const found = { baseUrl: 'http://p.example:8080', username: 'u', password: 'p&1' };
    for (const address of [
      'http://p.example:8080/player_api.php?username=u&password=p%261',
      'http://p.example:8080/get.php?username=u&password=p%261&type=m3u_plus&output=ts',
      'http://u:p%261@p.example:8080/',
    ])
      assert.deepEqual(readAccount(address), found);
    const below = readAccount('https://p.example/iptv/xmltv.php?username=u&password=p');
    assert.equal(below?.baseUrl, 'https://p.example/iptv');
    for (const address of ['', 'ftp://u:p@h/', 'http://p.example/', 'http://p.example/?username=u'])
      assert.equal(readAccount(address), null);
  });

  test('is let in, or told why not', () => {
    const of = (user_info: JsonValue) => loginProblem({ user_info });
    assert.equal(of({ auth: 1, status: 'Active' }), '');
    assert.equal(of({ auth: '1' }), '');
    assert.match(of({ auth: 0 }), /wrong/);
    assert.match(of([]), /wrong/);
    assert.equal(of({ auth: 1, status: 'Expired' }), 'the account is expired');
    assert.equal(of({ auth: true, status: 'Banned' }), 'the account is banned');
  });

  test('plays what it may have', () => {
    const of = (allowed_output_formats: JsonValue) =>
      liveExtension({ user_info: { allowed_output_formats } });
    assert.equal(of(['m3u8', 'ts', 'rtmp']), 'ts');
    assert.equal(of(['m3u8']), 'm3u8');
    assert.equal(of(null), 'ts');
  });
});

describe('a live stream', () => {
  test('is an entry of a list', () => {
    const item = {
      num: '3',
      name: ' تعليمات هامة ',
      stream_id: 357057,
      stream_icon: 'http://images.example.com/1.jpg',
      epg_channel_id: 'one.uk',
      category_id: 823,
      tv_archive: '1',
      tv_archive_duration: '7',
      stream_type: 'live',
    };
    const entry = liveEntry(item, listing);
    assert.ok(typeof entry !== 'string');
    const { name, url, tvgId, group, logo, number, catchupType, catchupDays, isRadio } = entry;
    assert.deepEqual(
      { name, url, tvgId, group, logo, number, catchupType, catchupDays, isRadio },
      {
        name: 'تعليمات هامة',
        url: 'http://p.example:8080/live/a%20b/p%2Fw/357057.ts',
        tvgId: 'one.uk',
        group: 'News',
        logo: 'http://images.example.com/1.jpg',
        number: 3,
        catchupType: 'xc',
        catchupDays: 7,
        isRadio: false,
      },
    );
  });

  test('goes in with little, its category under another name', () => {
    const item = { stream_id: '9', name: 5, category_id: null, category_ids: [1, 823], num: 2.5 };
    const entry = liveEntry({ ...item, stream_icon: null, epg_channel_id: null }, listing);
    assert.ok(typeof entry !== 'string');
    const { name, group, number, tvgId, logo } = entry;
    assert.deepEqual([name, group, number, tvgId, logo], ['5', 'News', null, '', '']);
  });

  test('without id or name is refused, and nothing else makes it fail', () => {
    assert.match(String(liveEntry({ name: 'x' }, listing)), /no stream_id/);
    assert.match(String(liveEntry({ stream_id: 1 }, listing)), /has no name/);
    const fields = [
      'stream_id',
      'name',
      'num',
      'category_id',
      'category_ids',
      'stream_icon',
      'tv_archive',
    ];
    const item = fc.dictionary(fc.constantFrom(...fields), fc.jsonValue({ maxDepth: 2 }));
    fc.assert(
      fc.property(item, (said) => {
        const entry = liveEntry(said as JsonValue, listing);
        assert.ok(typeof entry === 'string' || URL.canParse(entry.url));
      }),
    );
  });
});
