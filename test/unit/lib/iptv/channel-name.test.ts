/** Names of one channel come to one key, names of others do not. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readChannelName } from '../../../../src/lib/iptv/channel-name.ts';

function keyOf(name: string, tvgId = '', country = ''): string {
  const { key, region } = readChannelName(name, tvgId, country);
  return `${key}/${region}`;
}

describe('the name of a channel', () => {
  test('is the same with any decoration', () => {
    const same = [
      ['BBC One', 'BBCOne.uk'],
      ['UK: BBC One HD'],
      ['UK | BBC ONE FHD'],
      ['|UK| BBC One (1080p) [Geo-blocked]'],
      ['BBC One HEVC', '', 'GB'],
      ['BBC One 4K', '', 'UK'],
    ] as const;
    for (const [name, tvgId, country] of same)
      assert.equal(keyOf(name, tvgId, country), 'bbcone/uk', name);
  });

  test('tells channels apart that are an hour behind, of another number or another country', () => {
    assert.equal(keyOf('UK: ITV +1'), 'itv+1/uk');
    assert.notEqual(keyOf('Sky Sport 1'), keyOf('Sky Sport 2'));
    assert.notEqual(keyOf('DE: Eurosport'), keyOf('FR: Eurosport'));
    assert.notEqual(keyOf('Canal+'), keyOf('Canal'));
  });

  test('keeps letters of every script, without their marks', () => {
    assert.equal(keyOf('TRT Çocuk'), 'trtcocuk/');
    assert.equal(keyOf('Первый канал HD'), 'первыиканал/');
  });

  test('says what the picture is', () => {
    const qualities = ['X', 'X SD', 'X HD', 'X 720p', 'X FHD', 'X 1080p', 'X UHD', 'X 4K'];
    assert.deepEqual(
      qualities.map((name) => readChannelName(name, '', '').quality),
      [0, 1, 2, 2, 3, 3, 4, 4],
    );
  });

  test('that is nothing but decoration is taken as it is', () => {
    assert.equal(keyOf('HD'), '/');
    assert.equal(keyOf('FR: 4K'), 'fr/fr');
  });
});
