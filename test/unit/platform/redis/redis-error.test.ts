import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { it } from 'node:test';
import {
  describeRedisError,
  redisUnavailable,
} from '../../../../src/platform/redis/redis-error.ts';

it('what was sent (AUTH, HELLO) never shows in an error that leaves the client', () => {
  const raw = Object.assign(
    new Error(
      "ERR unknown command 'HELLO', with args beginning with: '3' 'AUTH' 'default' 'hunter2'",
    ),
    { command: { name: 'hello', args: ['3', 'AUTH', 'default', 'hunter2'] } },
  );
  assert.equal(describeRedisError(raw), "ERR unknown command 'HELLO'");
  assert.equal(
    inspect(redisUnavailable(raw), { depth: 9, showHidden: true }).includes('hunter2'),
    false,
  );
});

it('names the code of a socket error', () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), {
    code: 'ECONNREFUSED',
  });
  assert.equal(describeRedisError(refused), 'ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:1');
});
