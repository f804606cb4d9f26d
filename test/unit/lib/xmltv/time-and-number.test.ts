/** Times with and without zones, and numbers of episodes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readOnscreen, readXmltvNs, xmltvNs } from '../../../../src/lib/xmltv/episode-number.ts';
import { readXmltvTime, xmltvTime } from '../../../../src/lib/xmltv/time.ts';

const iso = (text: string) => {
  const atMs = readXmltvTime(text);
  return atMs === null ? null : new Date(atMs).toISOString();
};

test('a zone counts, and without one it is UTC', () => {
  assert.equal(iso('20220331180000 +0200'), '2022-03-31T16:00:00.000Z');
  assert.equal(iso('20220331180000'), '2022-03-31T18:00:00.000Z');
  assert.equal(iso('202203311800 -0530'), '2022-03-31T23:30:00.000Z');
  assert.equal(iso('20220331180000 CEST'), '2022-03-31T16:00:00.000Z');
  assert.equal(iso('20220331180000+02:00'), '2022-03-31T16:00:00.000Z');
});

test('the hour that summer time repeats, and the one that it skips, are told apart by their zone', () => {
  assert.equal(iso('20221030023000 +0200'), '2022-10-30T00:30:00.000Z');
  assert.equal(iso('20221030023000 +0100'), '2022-10-30T01:30:00.000Z');
  assert.equal(iso('20220327015900 +0100'), '2022-03-27T00:59:00.000Z');
  assert.equal(iso('20220327030000 +0200'), '2022-03-27T01:00:00.000Z');
});

test('what is no time is none', () => {
  for (const text of ['', 'x', '2022', '20221331180000', '20220230180000', '20220331180000 XYZ'])
    assert.equal(iso(text), null, text);
});

test('a time that is written is read as the same', () => {
  const atS = fc.integer({ min: 0, max: 4_000_000_000 });
  fc.assert(fc.property(atS, (at) => readXmltvTime(xmltvTime(at * 1000)) === at * 1000));
});

test('numbers of episodes are counted from 1, whoever writes them', () => {
  assert.deepEqual(readXmltvNs('1.1.'), { season: 2, episode: 2 });
  assert.deepEqual(readXmltvNs(' 0 . 4/12 . 0/2 '), { season: 1, episode: 5 });
  assert.deepEqual(readXmltvNs('.7.'), { season: null, episode: 8 });
  assert.deepEqual(readXmltvNs('S01E01'), { season: null, episode: null });
  assert.deepEqual(readOnscreen('S02E03'), { season: 2, episode: 3 });
  assert.deepEqual(readOnscreen('Season 2, Episode 3'), { season: 2, episode: 3 });
  assert.deepEqual(readOnscreen('4x05'), { season: 4, episode: 5 });
  assert.deepEqual(readOnscreen('Ep. 12'), { season: null, episode: 12 });
});

test('a number that is written is read as the same', () => {
  const number = fc.option(fc.integer({ min: 1, max: 9999 }));
  fc.assert(
    fc.property(number, number, (season, episode) => {
      const text = xmltvNs({ season, episode });
      assert.deepEqual(readXmltvNs(text === '' ? '..' : text), { season, episode });
    }),
  );
});
