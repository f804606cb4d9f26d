import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readDate } from '../../../../src/lib/torznab/dates.ts';
import { rssDate } from '../../../../src/lib/torznab/feed-text.ts';

const AT = Date.UTC(2015, 2, 14, 17, 10, 42) / 1000;

test('dates in the forms that feeds have', () => {
  for (const text of [
    'Sat, 14 Mar 2015 17:10:42 +0000',
    'Sat, 14 Mar 2015 17:10:42 GMT',
    'Sat, 14 Mar 2015 17:10:42',
    '14 Mar 2015 17:10:42 Z',
    'Sat, 14 Mar 2015 13:10:42 -0400',
    'Sat, 14 Mar 2015 13:10:42 EDT',
    'Sat, 14 Mar 2015 18:10:42 CET',
    'Sat, 14 Mar 2015 19:10:42 CEST',
    'Sat, 14 Mar 2015 18:10:42 BST',
    'Sat, 14 Mar 2015 20:10:42 MSK',
    'Sat, 14 Mar 2015 22:40:42 +0530',
    'Sat, 14 Mar 2015 22:40:42 +05:30',
    'Sat, 14 Mar 2015 19:10:42 GMT+0200',
    'Sat, 14 Mar 2015 19:10:42 +0200 (EET)',
    'Saturday, 14-Mar-15 17:10:42 UTC',
    'Sat, 14 March 2015 05:10:42 PM',
    '14 Mar. 2015, 17:10:42',
    '2015-03-14T17:10:42Z',
    '2015-03-14T17:10:42.123+00:00',
    '2015-03-14 17:10:42',
    '2015-03-14T13:10:42-04:00',
    'Sat Mar 14 17:10:42 2015',
    'Sat Mar 14 17:10:42 UTC 2015',
    '1426353042',
    '  Sat, 14 Mar 2015 17:10:42 XYZ ',
  ])
    assert.equal(readDate(text), AT, text);
  assert.equal(readDate('14 Mar 2015'), Date.UTC(2015, 2, 14) / 1000);
  assert.equal(readDate('2015-03-14'), Date.UTC(2015, 2, 14) / 1000);
  assert.equal(readDate('Mon, 1 Jan 99 00:00:00 GMT'), Date.UTC(1999, 0, 1) / 1000);
});

test('what is no date is unknown', () => {
  for (const text of [
    '',
    'yesterday',
    '31 Feb 2015 00:00:00 GMT',
    'Mon, 01 Jan 0001 00:00:00 +0000',
    '2015-13-01',
    '14 Foo 2015',
    '1 Jan 1950',
    '1 Jan 2200 00:00:00 GMT',
    'x'.repeat(10_000),
    '99999999999999',
  ])
    assert.equal(readDate(text), 0, text);
});

test('what we write we read, and nothing makes it throw', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 32 - 1 }), (second) => {
      assert.equal(readDate(rssDate(second)), second);
    }),
  );
  fc.assert(
    fc.property(fc.string(), (text) => {
      const second = readDate(text);
      assert.ok(Number.isSafeInteger(second) && second >= 0 && second < 2 ** 32);
    }),
  );
});
