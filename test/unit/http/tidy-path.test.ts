/** Protects that a garbled path leads to this instance's own path, also below a path, and nowhere else. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isUntidy, tidyReference } from '../../../src/http/tidy-path.ts';

const UNTIDY = [
  ['//manifest.json', '/manifest.json'],
  ['/manifest.json/', '/manifest.json'],
  ['//', '/'],
  ['/S-x//configure///', '/S-x/configure'],
  ['//evil.example/x/', '/evil.example/x'],
  ['/javascript:alert(1)//', '/javascript:alert(1)'],
] as const;

test('below a path that only the proxy knows of, what was meant is below it, too', () => {
  for (const prefix of ['', '/sluice', '/a/b']) {
    for (const [given, meant] of UNTIDY) {
      assert.ok(isUntidy(given), given);
      const { href } = new URL(
        tidyReference(given, 'a=1'),
        `https://example.org${prefix}${given}?b=2`,
      );
      assert.equal(href, `https://example.org${prefix}${meant}?a=1`);
    }
  }
});

test('property: what was made tidy is tidy, and on this host', () => {
  const part = fc.constantFrom(
    '/',
    '//',
    'a',
    '..',
    '.',
    '@',
    ':',
    '\\',
    'https:',
    'evil.example',
    '%2f',
  );
  const path = fc
    .array(part, { maxLength: 8 })
    .map((parts) => `/${parts.join('')}`)
    .filter(isUntidy);
  fc.assert(
    fc.property(path, (given) => {
      const reference = tidyReference(given, '');
      assert.match(reference, /^\.\.\//);
      assert.equal(
        new URL(reference, `https://example.org/sluice${given}`).origin,
        'https://example.org',
      );
      assert.equal(isUntidy(`/${reference.replace(/^(\.\.\/)+/, '')}`), false, reference);
    }),
  );
});
