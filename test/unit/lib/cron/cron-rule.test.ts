/** Cron rules: five fields, zones with their summer time, and what is no rule. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CronError, CronRule } from '../../../../src/lib/cron/cron-rule.ts';

const next = (cron: string, zone: string, after: string) =>
  new CronRule(cron, zone).next(new Date(after))?.toISOString();

test('the next time is after the given one', () => {
  assert.equal(next('*/15 * * * *', 'UTC', '2030-01-01T10:15:00Z'), '2030-01-01T10:30:00.000Z');
  assert.equal(next('30 4 * * mon-fri', 'UTC', '2030-01-04T05:00:00Z'), '2030-01-07T04:30:00.000Z');
});

test('a zone moves with its summer time, and a time that is skipped comes after it', () => {
  const at = (after: string) => next('30 2 * * *', 'Europe/Berlin', after);
  assert.equal(at('2030-01-01T00:00:00Z'), '2030-01-01T01:30:00.000Z');
  assert.equal(at('2030-07-01T00:00:00Z'), '2030-07-01T00:30:00.000Z');
  assert.equal(at('2030-03-30T02:00:00Z'), '2030-03-31T01:30:00.000Z');
});

test('what is no rule is refused in words', () => {
  for (const cron of ['', 'x', '* * * *', '* * * * * *', '61 * * * *', '0 0 31 2 *'])
    assert.throws(() => new CronRule(cron, 'UTC'), CronError, cron);
  assert.throws(() => new CronRule('* * * * *', 'Mars/Olympus'), /no time zone/);
});

test('any text is a rule or refused as one', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (cron, zone) => {
      try {
        const after = new Date('2030-01-01T00:00:00Z');
        const at = new CronRule(cron, zone).next(after);
        assert.ok(at === null || at > after);
      } catch (error) {
        assert.ok(error instanceof CronError, String(error));
      }
    }),
  );
});
