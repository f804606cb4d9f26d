import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutCredentials, withoutSecrets } from '../../../../src/lib/torznab/credentials.ts';

test('keys are taken out of addresses, the rest stays', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['https://n.test/api?t=get&id=5&apikey=SECRET', 'https://n.test/api?t=get&id=5'],
    ['https://n.test/api?apikey=SECRET&t=get&id=5', 'https://n.test/api?t=get&id=5'],
    ['https://n.test/api?apikey=SECRET', 'https://n.test/api'],
    ['https://n.test/getnzb/123.nzb&i=782&r=SECRET', 'https://n.test/getnzb/123.nzb'],
    ['https://n.test/dl?id=5&i=1&r=SECRET&del=1', 'https://n.test/dl?id=5&del=1'],
    ['https://user:SECRET@n.test/5.nzb', 'https://n.test/5.nzb'],
    ['https://n.test/rss?ApiKey=SECRET&PassKey=SECRET&x=1#top', 'https://n.test/rss?x=1#top'],
    ['https://n.test/5.nzb', 'https://n.test/5.nzb'],
    ['https://n.test/nzb?id=1&iris=2&bar=3', 'https://n.test/nzb?id=1&iris=2&bar=3'],
  ];
  for (const [given, expected] of cases) assert.equal(withoutCredentials(given), expected);
});

test('a secret is found wherever it stands', () => {
  const secret = 'k+y/SECRET';
  assert.equal(
    withoutCredentials(`https://n.test/${encodeURIComponent(secret)}/5.nzb`, [secret]),
    'https://n.test/{key}/5.nzb',
  );
  assert.equal(withoutSecrets(`key ${secret} is wrong`, [secret], '…'), 'key … is wrong');
  assert.equal(withoutSecrets('a short one', ['a', ''], '…'), 'a short one');
});
