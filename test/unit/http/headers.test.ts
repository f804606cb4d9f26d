/** Protects what goes into header lines: no injection, stable formats. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AppError, ERRORS, type ErrorCode } from '../../../src/lib/errors.ts';
import { errorReply } from '../../../src/http/error-reply.ts';
import { headerBlock, isHeaderName, sanitizeHeaderValue } from '../../../src/http/header-block.ts';
import { Representation } from '../../../src/http/representation.ts';
import { isValidRequestId, RequestIds } from '../../../src/http/request-id.ts';
import { TIER_DATABASE, TIER_L1, TIER_REUSE } from '../../../src/http/route.ts';
import { timingValue } from '../../../src/http/timing.ts';

test('no value can end a header line', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (value) => {
      assert.match(sanitizeHeaderValue(value), /^[\t\x20-\x7e\x80-\xff]*$/);
    }),
  );
  assert.equal(sanitizeHeaderValue('a\r\nSet-Cookie: x'), 'aSet-Cookie: x');
  for (const name of ['', 'a b', 'a:', 'a\r\n', 'ä']) assert.ok(!isHeaderName(name), name);
  assert.ok(isHeaderName('X-Request-Id'));
});

test('a hostile content type or cache policy stays one line', () => {
  const representation = new Representation(Buffer.from('x'), {
    contentType: 'text/plain\r\nX-Evil: 1',
    cacheControl: 'no-store\r\n\r\nbody',
    compressible: true,
  });
  const { full } = headerBlock(representation, representation.identity, 'identity');
  const names = full
    .toString()
    .split('\r\n')
    .slice(1)
    .map((line) => line.slice(0, line.indexOf(':')));
  assert.deepEqual(names, [
    'Access-Control-Expose-Headers',
    'X-Content-Type-Options',
    'Content-Type',
    'Cache-Control',
    'Vary',
    'ETag',
  ]);
});

test('request ids are unique, short and valid; an incoming one is checked', () => {
  const ids = new RequestIds();
  const made = new Set(Array.from({ length: 5000 }, () => ids.next()));
  assert.equal(made.size, 5000);
  for (const id of made) assert.match(id, /^[\w-]{8,32}$/);
  for (const id of ['a', 'abc-DEF_1.2', 'x'.repeat(128)]) assert.ok(isValidRequestId(id), id);
  for (const id of [
    '',
    'a b',
    'x'.repeat(129),
    'a\r\nb',
    'é',
    '<script>',
    'a:b',
    '{',
    '[',
    '`',
    '@',
    '/',
  ]) {
    assert.ok(!isValidRequestId(id), id);
  }
});

test('timing headers have the formats that clients parse, for any duration', () => {
  const value = timingValue('id-1', TIER_L1 | TIER_DATABASE | TIER_REUSE, 12.345);
  assert.equal(
    value,
    'id-1\r\nX-Process-Time: 0.0123 seconds\r\nServer-Timing: l1, db, reuse, total;dur=12.35',
  );
  const durations = fc.double({ min: -1, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 255 }), durations, (tiers, elapsedMs) => {
      const lines = timingValue('id', tiers, elapsedMs).split('\r\n');
      assert.equal(lines.length, 3);
      assert.match(lines[1] ?? '', /^X-Process-Time: -?\d+\.\d{4} seconds$/);
      assert.match(
        lines[2] ?? '',
        /^Server-Timing: (?:(?:l1|l2|db|pool|reuse), )*total;dur=-?\d+\.\d\d$/,
      );
    }),
  );
});

test('every error code becomes a JSON body and fitting headers; foreign errors say nothing', () => {
  for (const code of Object.keys(ERRORS) as ErrorCode[]) {
    const { status, body, block } = errorReply(new AppError(code, 'why', { field: 'id' }), 'r-1');
    assert.equal(status, ERRORS[code].status);
    assert.deepEqual(JSON.parse(body.toString()), {
      error: { code, message: 'why', field: 'id', requestId: 'r-1' },
    });
    const mayBeKept = code === 'media.not-found';
    assert.match(
      block.toString(),
      mayBeKept ? /Cache-Control: public, max-age=10/ : /Cache-Control: no-store/,
    );
    if (status === 503) assert.match(block.toString(), /Retry-After: [1-9]\d*/);
  }
  const foreign = errorReply(new Error('password=hunter2'), 'r-2');
  assert.equal(foreign.status, 503);
  assert.doesNotMatch(foreign.body.toString(), /hunter2|stack|Error:/);
});
