import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { StartError } from '../../../src/lib/start-error.ts';
import { parseRedisUrl } from '../../../src/lib/redis-url.ts';

const TCP = {
  host: 'h',
  port: 6379,
  path: undefined,
  db: 0,
  tls: false,
  username: undefined,
  password: undefined,
};
const SOCKET = { ...TCP, host: '', port: 0, path: '/run/redis.sock' };

describe('parseRedisUrl', () => {
  it('reads host, port, database and percent-encoded credentials', () => {
    assert.deepEqual(parseRedisUrl('redis://us%40er:p%2Fw@cache.example:6380/3'), {
      ...TCP,
      host: 'cache.example',
      port: 6380,
      db: 3,
      username: 'us@er',
      password: 'p/w',
    });
  });

  it('fills in port and database, and takes rediss as TLS', () => {
    assert.deepEqual(parseRedisUrl('rediss://:secret@[::1]'), {
      ...TCP,
      host: '::1',
      tls: true,
      password: 'secret',
    });
    assert.deepEqual(parseRedisUrl('REDIS://h/'), TCP);
    assert.deepEqual(parseRedisUrl('valkeys://h'), { ...TCP, tls: true });
  });

  it('the database may be in the path or in the query, other options are ignored', () => {
    for (const url of [
      'redis://h/2',
      'redis://h/2/',
      'redis://h?db=2',
      'redis://h/?database=2&enableOfflineQueue=true',
      'redis://h/2?db=2',
    ]) {
      assert.deepEqual(parseRedisUrl(url), { ...TCP, db: 2 }, url);
    }
    assert.deepEqual(parseRedisUrl('redis://h?user=u&password=p%2Fw'), {
      ...TCP,
      username: 'u',
      password: 'p/w',
    });
  });

  it('unix sockets, as people have them', () => {
    const schemes = [
      'unix',
      'redis+unix',
      'redis-unix',
      'unix+redis',
      'redis+socket',
      'redis-socket',
      'redis',
      'valkey+unix',
    ];
    for (const url of [
      '/run/redis.sock',
      ...schemes.map((scheme) => `${scheme}:///run/redis.sock`),
    ]) {
      assert.deepEqual(parseRedisUrl(url), SOCKET, url);
      assert.deepEqual(parseRedisUrl(`${url}?db=4`), { ...SOCKET, db: 4 }, url);
    }
    assert.deepEqual(parseRedisUrl('unix://us:p%40w@/run/redis.sock?database=1'), {
      ...SOCKET,
      db: 1,
      username: 'us',
      password: 'p@w',
    });
    assert.deepEqual(parseRedisUrl('unix:///run/redis.sock?password=x'), {
      ...SOCKET,
      password: 'x',
    });
    assert.equal(parseRedisUrl('unix:///run/my%20redis.sock').path, '/run/my redis.sock');
  });

  it('what cannot be is refused in one line that names REDIS_URL, says what is wrong and repeats no credentials', () => {
    const refused = [
      ['http://u:secret@h', /is not valid/],
      ['redis://u:secret@h/abc', /the database "abc"/],
      ['redis://u:secret%zz@h/0', /percent-encoding/],
      ['redis:', /is not valid/],
      ['secret', /is not valid/],
      ['redis:///3', /is not valid/],
      ['redis://u:sec/ret@h', /percent-encoded/],
      ['redis://h/1?db=2', /different databases \(1 and 2\)/],
      ['redis://h?db=-1', /the database "-1"/],
      ['unix://', /no socket/],
      ['redis+sentinel://:secret@a:1/m', /Sentinel/],
      ['redis://:secret@a:1,b:2/0', /several hosts/],
      ['redis-cluster://a', /Cluster/],
      ['redis://h:99999', /is not valid/],
      ['unix://relative.sock', /no socket/],
    ] as const;
    for (const [url, reason] of refused) {
      assert.throws(
        () => parseRedisUrl(url),
        (error: unknown) => {
          assert.ok(error instanceof StartError, url);
          assert.match(error.message, /^REDIS_URL [^\n]+: expected redis:\/\//);
          assert.match(error.message, reason);
          assert.ok(!/secret|sec\/ret/.test(error.message), error.message);
          return true;
        },
        url,
      );
    }
  });

  it('anything is an endpoint or a StartError', () => {
    const pieces = fc.constantFrom(
      'redis',
      'unix',
      '://',
      ':',
      '/',
      '@',
      '?',
      'db=',
      '1',
      'h',
      '%',
      ',',
      '[',
      ']',
      '#',
      ' ',
      '\n',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        try {
          const { host, path, db } = parseRedisUrl(parts.join(''));
          assert.ok((host !== '' || (path ?? '').startsWith('/')) && Number.isInteger(db));
        } catch (error) {
          assert.ok(error instanceof StartError, String(error));
        }
      }),
    );
  });
});
