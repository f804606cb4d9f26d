import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { StartError } from '../../../../src/lib/start-error.ts';
import { parseRedisUrl } from '../../../../src/platform/redis/redis-url.ts';

describe('parseRedisUrl', () => {
  it('reads host, port, database and percent-encoded credentials', () => {
    assert.deepEqual(parseRedisUrl('redis://us%40er:p%2Fw@cache.example:6380/3'), {
      host: 'cache.example', port: 6380, db: 3, tls: false, username: 'us@er', password: 'p/w',
    });
  });

  it('fills in port and database, and takes rediss as TLS', () => {
    assert.deepEqual(parseRedisUrl('rediss://:secret@[::1]'), {
      host: '::1', port: 6379, db: 0, tls: true, username: undefined, password: 'secret',
    });
  });

  it('refuses other URLs without repeating credentials', () => {
    const isClean = (error: unknown) => error instanceof StartError && !error.message.includes('secret');
    for (const url of ['http://u:secret@h', 'redis://u:secret@h/abc', 'redis://u:secret%zz@h/0', 'redis:', 'secret']) {
      assert.throws(() => parseRedisUrl(url), isClean, url);
    }
  });
});
