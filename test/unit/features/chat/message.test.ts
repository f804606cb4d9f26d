import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { parseMessage } from '../../../../src/features/chat/message.ts';

const HELLO = { author: 'Ada', text: 'hello' };

describe('a chat message', () => {
  test('is folded to one line without unseen characters', () => {
    const text = ' a\u0000\r\nb\u202Ec\u200Bd\uD800 ';
    assert.equal(parseMessage({ ...HELLO, text }).text, 'a bcd\uFFFD');
  });

  test('keeps joined emoji, and counts characters, not code units', () => {
    const family = '👨\u200D👩\u200D👧';
    assert.equal(parseMessage({ ...HELLO, text: family }).text, family);
    assert.equal(parseMessage({ ...HELLO, text: '🎬'.repeat(500) }).text.length, 1000);
  });

  for (const [field, value] of [
    ['text', ''],
    ['text', '\u200B\u2060'],
    ['text', '\u200D'],
    ['text', 'x'.repeat(501)],
    ['text', 7],
    ['author', 'x'.repeat(41)],
    ['author', null],
  ] as const)
    test(`is refused with ${field} ${JSON.stringify(value).slice(0, 20)}`, () => {
      assert.throws(() => parseMessage({ ...HELLO, [field]: value }), {
        code: 'request.bad-body',
        message: new RegExp(`expected ${field} to be`),
      });
    });

  test('stays what it is when it is cleaned again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }), (text) => {
        let once: string;
        try {
          once = parseMessage({ ...HELLO, text }).text;
        } catch {
          return;
        }
        assert.equal(parseMessage({ ...HELLO, text: once }).text, once);
        assert.doesNotMatch(once, /\p{Cc}/u);
      }),
    );
  });
});
