/** Protects that a garbled path leads to this instance's own path, also below a path, and nowhere else. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isUntidy, tidyLocation } from '../../../src/http/tidy-path.ts';

test('hosted below a path: the path is there once, whether the proxy takes it away or not', () => {
  const baseUrl = 'https://example.org/sluice';
  for (const path of ['//manifest.json', '/sluice//manifest.json', '/manifest.json/']) {
    assert.equal(tidyLocation(path, '', baseUrl), `${baseUrl}/manifest.json`, path);
  }
  assert.equal(tidyLocation('/sluice/', 'a=1', baseUrl), `${baseUrl}/?a=1`);
});

test('property: what was made tidy is tidy, and on this host', () => {
  const part = fc.constantFrom('/', '//', 'a', '..', '.', '@', ':', 'evil.example', '%2f');
  const path = fc.array(part, { maxLength: 8 }).map((parts) => `/${parts.join('')}`);
  fc.assert(fc.property(path, (given) => {
    const location = new URL(tidyLocation(given, '', 'https://example.org'));
    assert.equal(location.origin, 'https://example.org');
    assert.equal(isUntidy(tidyLocation(given, '', 'https://example.org').slice('https://example.org'.length)), false);
  }));
});
