/** Parameters of the control plane: what is accepted, and what a refusal says. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AppError } from '../../../src/lib/errors.ts';
import { QueryFields } from '../../../src/lib/query-fields.ts';

const NAMES = ['limit', 'order_by', 'least'];
const LIMIT = { min: 1, max: 100, fallback: 20 };

const refusal = (pattern: RegExp, field: string) => (error: unknown) =>
  error instanceof AppError &&
  error.code === 'request.bad-query' &&
  error.field === field &&
  pattern.test(error.message);

test('what is given is read, what is not has its default', () => {
  const fields = new QueryFields('limit=7&least=2.5', NAMES);
  assert.equal(fields.integer('limit', LIMIT), 7);
  assert.equal(fields.number('least', { min: 0, max: 10, fallback: 0 }), 2.5);
  assert.equal(fields.oneOf('order_by', ['calls', 'rows'], 'calls'), 'calls');
  assert.equal(fields.text('order_by', 10), '');
});

test('texts with control characters, which no database takes, are refused', () => {
  const fields = new QueryFields('order_by=%00', NAMES);
  assert.throws(() => fields.text('order_by', 10), refusal(/control character/, 'order_by'));
});

test('unknown and repeated names are refused', () => {
  assert.throws(
    () => new QueryFields('evil=1', NAMES),
    refusal(/not known.*limit, order_by/, '"evil"'),
  );
  assert.throws(() => new QueryFields('limit=1&limit=2', NAMES), refusal(/twice/, 'limit'));
});

test('whatever is sent is a value within the limits, or refused in one way', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const fields = new QueryFields(`limit=${encodeURIComponent(text)}`, NAMES);
      try {
        const value = fields.integer('limit', LIMIT);
        assert.ok(Number.isInteger(value) && value >= 1 && value <= 100 && Number(text) === value);
      } catch (error) {
        assert.ok(refusal(/expected an integer from 1 to 100/, 'limit')(error), String(error));
      }
    }),
  );
});

test('a name of a list is never anything else', () => {
  const hostile = new QueryFields('order_by=calls;DROP TABLE x', NAMES);
  assert.throws(
    () => hostile.oneOf('order_by', ['calls', 'rows'], 'calls'),
    refusal(/expected one of calls, rows/, 'order_by'),
  );
});
