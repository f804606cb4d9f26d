import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLogger } from '../../../../src/platform/log/pino-logger.ts';
import { redactText, redactValue } from '../../../../src/platform/log/redact.ts';
import { formatTextLine } from '../../../../src/platform/log/text-line.ts';

const CANARY = 'canary-7f3a';

test('URL passwords, install tokens and secret query values are masked in texts', () => {
  assert.equal(redactText(`redis://:${CANARY}@host/0`), 'redis://:***@host/0');
  assert.equal(redactText(`GET /S-${CANARY}${CANARY}/manifest.json`), 'GET /S-***/manifest.json');
  assert.equal(redactText(`PUT /live/1/ingest/${CANARY}/a.ts`), 'PUT /live/1/ingest/***/a.ts');
  assert.equal(redactText(`/x?api_password=${CANARY}&a=1`), '/x?api_password=***&a=1');
});

test('no secret survives in any field, nested field, error, cause or message, in either format', () => {
  for (const format of ['json', 'text'] as const) {
    let output = '';
    const logger = createLogger(
      { level: 'debug', format },
      {
        write: (line) => {
          output += line;
        },
      },
    );
    const cause = new Error(`connect postgres://u:${CANARY}@db failed`);
    logger
      .child({ token: CANARY })
      .error(
        { password: CANARY, nested: [{ apiKey: CANARY }], error: new Error('outer', { cause }) },
        `at http://u:${CANARY}@h/`,
      );
    assert.ok(output.length > 20);
    assert.doesNotMatch(output, new RegExp(CANARY), format);
  }
});

test('cycles, depth and bytes are bounded', () => {
  const cyclic: Record<string, unknown> = {};
  cyclic['self'] = cyclic;
  assert.ok(JSON.stringify(redactValue(cyclic)).length < 200);
  assert.equal(redactValue(new Uint8Array(1000)), '[1000 bytes]');
});

test('text lines show time, level, message and fields', () => {
  const line =
    '{"level":40,"time":"2026-01-02T03:04:05.678Z","msg":"redis is down","retryInMs":200}';
  assert.equal(formatTextLine(line), '03:04:05.678 warn  redis is down retryInMs=200\n');
  assert.equal(formatTextLine('plain'), 'plain');
});
