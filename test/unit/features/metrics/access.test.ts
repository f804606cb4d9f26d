import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { ScrapeAccess, type Scraper } from '../../../../src/features/metrics/access.ts';

const LOCAL: Scraper = { authorization: '', clientAddress: '127.0.0.1', forwarded: '' };

test('with a token only who sends it is let in, wherever from', () => {
  const access = new ScrapeAccess('s3cret-token');
  access.check({ ...LOCAL, clientAddress: '203.0.113.7', authorization: 'Bearer s3cret-token' });
  access.check({ ...LOCAL, authorization: 'bearer  s3cret-token ' });
  for (const authorization of [
    '',
    'Bearer',
    'Bearer ',
    'Bearer s3cret-toke',
    'Bearer s3cret-token2',
    'Bearer S3CRET-TOKEN',
    'Bearer s3cret-token s3cret-token',
    'Basic s3cret-token',
    's3cret-token',
    `Bearer ${'x'.repeat(100_000)}`,
  ])
    assert.throws(() => access.check({ ...LOCAL, authorization }), {
      code: 'metrics.unauthorized',
    });
});

test('without one, private addresses that nobody stands before', () => {
  const access = new ScrapeAccess(null);
  for (const clientAddress of [
    '127.0.0.1',
    '::1',
    '10.1.2.3',
    '172.18.0.5',
    '192.168.1.9',
    'fd00::5',
  ])
    access.check({ ...LOCAL, clientAddress });
  access.check({ ...LOCAL, clientAddress: '10.1.2.3', forwarded: '203.0.113.9, 10.1.2.3' });
  for (const clientAddress of [
    '203.0.113.7',
    '8.8.8.8',
    '2001:4860::1',
    '::ffff:8.8.8.8',
    '',
    'nobody',
  ])
    assert.throws(() => access.check({ ...LOCAL, clientAddress }), { code: 'metrics.private' });
  // A proxy that is not trusted: the address is the proxy's own.
  assert.throws(() => access.check({ ...LOCAL, forwarded: '203.0.113.7' }), {
    code: 'metrics.private',
  });
});

test('tokens are compared in constant time, by their hashes, and nowhere else', async () => {
  const comparison = await readFile('src/lib/secret-match.ts', 'utf8');
  assert.match(comparison, /timingSafeEqual\(this\.#hash, hashOf\(candidate\)\)/);
  for (const user of ['metrics/access.ts', 'access/instance-key.ts']) {
    const source = await readFile(`src/features/${user}`, 'utf8');
    assert.doesNotMatch(source, /[=!]== ?(key|password|token|this\.#token)\b/);
  }
});
