import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  withApiKey,
  withoutCredentials,
  withoutSecrets,
} from '../../../../src/lib/torznab/credentials.ts';

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

test('an address gets the key of whoever asks, where the API expects it', () => {
  const apiUrl = 'https://n.test/api';
  const apiKey = 'OWN+KEY';
  const cases: readonly (readonly [string, readonly string[]])[] = [
    [
      'https://n.test/api?t=get&id=5&apikey=SECRET',
      ['https://n.test/api?t=get&id=5&apikey=OWN%2BKEY'],
    ],
    ['https://n.test/api?apikey=SECRET', ['https://n.test/api?apikey=OWN%2BKEY']],
    ['https://n.test/SECRET/5.nzb', ['https://n.test/OWN%2BKEY/5.nzb']],
    ['https://n.test/dl?x=1#top', ['https://n.test/dl?x=1&apikey=OWN%2BKEY#top']],
    [
      'https://n.test/getnzb/123.nzb&i=782&r=SECRET',
      [
        'https://n.test/api?t=get&id=123&apikey=OWN%2BKEY',
        'https://n.test/getnzb/123.nzb?apikey=OWN%2BKEY',
      ],
    ],
  ];
  for (const [found, expected] of cases) {
    const locator = withoutCredentials(found, ['SECRET']);
    assert.deepEqual(withApiKey(locator, { apiUrl, apiKey }), expected, found);
    assert.deepEqual(withApiKey(locator, { apiUrl, apiKey: '' }), [locator]);
  }
  for (const url of ['https://n.test', 'https://n.test/', 'https://n.test/api/?apikey=x'])
    assert.equal(
      withApiKey('https://n.test/getnzb/1.nzb', { apiUrl: url, apiKey: 'k' })[0],
      'https://n.test/api?t=get&id=1&apikey=k',
    );
});
