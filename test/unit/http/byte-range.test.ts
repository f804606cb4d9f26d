/** Protects ranges of bytes as players send them (RFC 9110 section 14). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { rangeReply } from '../../../src/http/byte-range.ts';
import { Representation } from '../../../src/http/representation.ts';
import type { Reply, Request } from '../../../src/http/route.ts';

const BYTES = Buffer.from('0123456789');
const WHOLE = new Representation(BYTES, {
  contentType: 'video/mp4',
  cacheControl: 'public',
  compressible: false,
});
const { etag } = WHOLE.identity;

function ask(headers: Readonly<Record<string, string>>, method: 'GET' | 'HEAD' = 'GET'): Reply {
  const request: Pick<Request, 'method' | 'header'> = {
    method,
    header: (name) => headers[name] ?? '',
  };
  return rangeReply(request as Request, WHOLE);
}

function said(reply: Reply): unknown {
  const { headers = [] } = reply;
  const at = headers.indexOf('Content-Range');
  return [
    reply.status,
    reply.representation?.identity.bytes.toString('latin1') ?? '',
    at === -1 ? '' : headers[at + 1],
  ];
}

const EVERYTHING = [200, '0123456789', ''];

test('each form of one range', () => {
  for (const [range, expected] of [
    ['bytes=0-', [206, '0123456789', 'bytes 0-9/10']],
    ['bytes=4-6', [206, '456', 'bytes 4-6/10']],
    ['Bytes=9-9', [206, '9', 'bytes 9-9/10']],
    ['bytes=8-99', [206, '89', 'bytes 8-9/10']],
    ['bytes=-3', [206, '789', 'bytes 7-9/10']],
    ['bytes=-99', [206, '0123456789', 'bytes 0-9/10']],
    ['bytes=10-', [416, '', 'bytes */10']],
    ['bytes=10-20', [416, '', 'bytes */10']],
    ['bytes=-0', [416, '', 'bytes */10']],
    ['bytes=999999999999999-', [416, '', 'bytes */10']],
  ] as const)
    assert.deepEqual(said(ask({ range })), expected, range);
});

test('what is no range that makes sense is answered with everything', () => {
  for (const range of [
    '',
    'bytes=',
    'bytes=-',
    'bytes=6-4',
    'bytes=0-1,3-4',
    'items=0-1',
    'bytes=a-b',
    'bytes=1 -2',
    `bytes=${'9'.repeat(400)}-`,
  ])
    assert.deepEqual(said(ask({ range })), EVERYTHING, range);
  assert.deepEqual(said(ask({ range: 'bytes=1-2' }, 'HEAD')), EVERYTHING);
});

test('a range of another version is answered with everything, and a part has the ETag of the whole', () => {
  assert.deepEqual(said(ask({ range: 'bytes=1-2', 'if-range': '"other"' })), EVERYTHING);
  assert.deepEqual(said(ask({ range: 'bytes=1-2', 'if-none-match': etag })), EVERYTHING);
  const part = ask({ range: 'bytes=1-2', 'if-range': etag });
  assert.deepEqual(said(part), [206, '12', 'bytes 1-2/10']);
  assert.equal(part.representation?.identity.etag, etag);
});

test('whatever is asked: the bytes are those that Content-Range says', () => {
  const anyRange = fc.oneof(
    fc.string(),
    fc.tuple(fc.nat(30), fc.nat(30)).map(([from, to]) => `bytes=${from}-${to}`),
    fc.nat(30).map((from) => `bytes=${from}-`),
    fc.nat(30).map((last) => `bytes=-${last}`),
  );
  fc.assert(
    fc.property(anyRange, (range) => {
      const [status, text, contentRange] = said(ask({ range })) as [number, string, string];
      if (status === 200) assert.equal(text, BYTES.toString());
      if (status === 416) assert.equal(contentRange, 'bytes */10');
      if (status !== 206) return;
      const [, from, to] = /^bytes (\d+)-(\d+)\/10$/.exec(contentRange) ?? [];
      assert.equal(text, BYTES.toString().slice(Number(from), Number(to) + 1));
    }),
  );
});
