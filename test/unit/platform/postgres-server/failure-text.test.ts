/** What an operator is told is what PostgreSQL said, in one line and without the noise around it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failureText } from '../../../../src/platform/postgres-server/failure-text.ts';

test('lines that tell are kept, without time, process and statement', () => {
  const output = [
    '2026-11-21 06:50:57.223 UTC [14688] LOG:  starting PostgreSQL 18.4',
    '2026-11-21 06:50:57.223 UTC [14688] FATAL:  could not write to file "base/4/3085": No space left on device',
    '2026-11-21 06:50:57.223 UTC [14688] STATEMENT:  CREATE DATABASE template0',
    'child process exited with exit code 1',
    '',
  ].join('\n');
  assert.equal(
    failureText(output),
    'FATAL:  could not write to file "base/4/3085": No space left on device',
  );
});

test('what led to the failure is kept, what was merely logged is not', () => {
  const output = [
    '2026-11-21 06:50:57.223 UTC [1] LOG:  starting PostgreSQL 18.4',
    '2026-11-21 06:50:57.223 UTC [1] LOG:  could not bind IPv4 address "127.0.0.1": Address already in use',
    '2026-11-21 06:50:57.223 UTC [1] FATAL:  could not create any TCP/IP sockets',
    '2026-11-21 06:50:57.223 UTC [1] LOG:  database system is shut down',
  ].join('\n');
  assert.equal(
    failureText(output),
    'LOG:  could not bind IPv4 address "127.0.0.1": Address already in use | FATAL:  could not create any TCP/IP sockets',
  );
});

test('programs write in small letters', () => {
  const output = 'initdb: error: invalid locale\ninitdb: hint: try another\n';
  assert.equal(failureText(output), 'initdb: error: invalid locale | initdb: hint: try another');
});

test('a text in which nothing looks like a reason is given as it is, its last lines', () => {
  assert.equal(failureText('1\n2\n\n 3\n4\n'), '2 | 3 | 4');
  assert.equal(failureText(''), '');
});
