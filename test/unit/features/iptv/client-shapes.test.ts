/** What Xtream clients and recorders hold on to: ids that stay, and differ. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Channel } from '../../../../src/features/iptv/contract.ts';
import { deviceId, lineup } from '../../../../src/features/iptv/viewers/hdhomerun.ts';
import { categoryIds } from '../../../../src/features/iptv/viewers/xtream.ts';

function channel(serial: number, number: number | null): Channel {
  const texts = { id: `channel-${serial}`, name: 'One', group: '', logo: '', tvgId: '' };
  return {
    ...texts,
    serial,
    number,
    isRadio: false,
    catchupDays: 0,
    mimetype: '',
    isHidden: false,
  };
}

test('categories of a viewer have different ids within 32 bits, the same whatever else is there', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string(), { maxLength: 200 }), (titles) => {
      const groups = titles.map((title) => ({ title, channels: 1 }));
      const ids = categoryIds(groups);
      assert.equal(new Set(ids.values()).size, titles.length);
      for (const id of ids.values()) assert.ok(id > 0 && id < 2 ** 31);
      for (const group of groups)
        assert.equal(categoryIds([group]).get(group.title), ids.get(group.title));
    }),
  );
});

test('channels of a tuner have different numbers, their own where it is free', () => {
  const numbers = fc.array(fc.option(fc.nat({ max: 20 })), { maxLength: 50 });
  fc.assert(
    fc.property(numbers, (given) => {
      const channels = given.map((number, at) => channel(at + 1, number));
      const lines = lineup(channels, (id) => id);
      assert.equal(new Set(lines.map(({ GuideNumber }) => GuideNumber)).size, given.length);
      for (const number of given)
        if (number !== null)
          assert.ok(lines.some(({ GuideNumber }) => GuideNumber === String(number)));
    }),
  );
  const [line] = lineup([channel(7, null)], (id) => id);
  assert.equal(line?.GuideNumber, '0.7');
});

test('a tuner has an id whose digits check out', () => {
  const table = [10, 5, 15, 6, 7, 12, 1, 11, 9, 2, 8, 13, 4, 3, 14, 0];
  fc.assert(
    fc.property(fc.string(), (token) => {
      const id = deviceId(token);
      assert.match(id, /^[0-9A-F]{8}$/);
      const digits = Array.from(id).map((digit) => parseInt(digit, 16));
      const sum = digits.reduce(
        (all, digit, at) => all ^ (at % 2 ? digit : (table[digit] ?? 0)),
        0,
      );
      assert.equal(sum, 0);
      assert.equal(deviceId(token), id);
    }),
  );
});
