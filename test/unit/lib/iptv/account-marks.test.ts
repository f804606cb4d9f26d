/** Marks in place of accounts: nothing of an account is left, and every address comes back as it was written. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { secretsIn } from '../../../../src/features/iptv/accounts/provider-accounts.ts';
import { AccountMarks, secretsOfAddress } from '../../../../src/lib/iptv/account-marks.ts';

const marksOf = (username: string, password: string) =>
  new AccountMarks(
    secretsOfAddress(
      `http://p.example/get.php?${new URLSearchParams({ username, password }).toString()}`,
    ),
  );

describe('marks of an account', () => {
  for (const [address, masked] of [
    [
      'http://p.example/live/anna/s%26cret/1.ts',
      'http://p.example/live/{account:user}/{account:password}/1.ts',
    ],
    [
      'http://p.example/live/anna/s&cret/1.ts',
      'http://p.example/live/{account:user}/{account:password.1}/1.ts',
    ],
    [
      'http://p.example/x?username=anna&password=s%26cret',
      'http://p.example/x?username={account:user}&password={account:password}',
    ],
    ['http://anna:s%26cret@p.example/', 'http://{account:user}:{account:password}@p.example/'],
    ['http://p.example/susanna/hannah/1.ts', 'http://p.example/susanna/hannah/1.ts'],
    ['rtp://@239.0.0.1:5000', 'rtp://@239.0.0.1:5000'],
  ] as const)
    test(address, () => {
      const marks = marksOf('anna', 's&cret');
      assert.equal(marks.mask(address), masked);
      assert.equal(marks.fill(masked), address);
    });

  test('come back as they were written, whatever names and passwords are', () => {
    const word = fc.oneof(
      fc.string({ minLength: 1, maxLength: 12 }),
      fc.constantFrom(
        'account',
        'password',
        'user',
        'http',
        'live',
        '{account:user}',
        '1',
        '..',
        '%2F',
      ),
    );
    fc.assert(
      fc.property(word, word, fc.array(word, { maxLength: 4 }), (user, password, parts) => {
        const marks = marksOf(user, password);
        const written = [user, password, encodeURIComponent(password), ...parts];
        const address = `http://p.example/live/${written.join('/')}.ts?p=${encodeURIComponent(password)}`;
        // A list that has marks of its own is filled in with what its provider knows already.
        if (/\{account:/.test([user, password, ...parts].join(' '))) return;
        assert.equal(marks.fill(marks.mask(address)), address);
      }),
    );
  });

  test('leave no long password anywhere', () => {
    const secret = fc.stringMatching(/^[A-Za-z0-9!$()*+_.~-]{8,20}$/);
    fc.assert(
      fc.property(secret, fc.string(), fc.string(), (password, before, after) => {
        assert.ok(
          !marksOf('anna', password).mask(`${before}${password}${after}`).includes(password),
        );
      }),
    );
  });

  test('are of the address, else of what streams have in common', () => {
    const names = (address: string, streams: readonly string[]) =>
      secretsIn(address, streams).map(({ name, text }) => `${name}=${text}`);
    const streams = ['a', 'b', 'c'].map((_, at) => `http://p.example/live/anna/pw/${at}.ts`);
    const anna = ['user=anna', 'password=pw'];
    for (const [address, of, expected] of [
      ['http://p.example/get.php?username=u1x&password=p', streams, ['user=u1x', 'password=p']],
      ['', streams, anna],
      ['', [...streams, 'http://q.example/bob/w/1.ts'], [...anna, 'userof2=bob', 'passwordof2=w']],
      [
        '',
        [...Array.from({ length: 4 }, () => streams).flat(), 'http://q.example/bob/w/1.ts'],
        anna,
      ],
      ['', ['http://q.example/play?username=anna&password=pw&id=1'], anna],
      ['', ['http://anna:pw@q.example/1.ts'], anna],
      ['', ['http://q.example/1.ts?token=t1', 'http://q.example/2.ts?token=t1'], ['key1=t1']],
      ['', ['http://q.example/hls/one/index.m3u8', 'rtp://@239.0.0.1:5000'], []],
      ['http://p.example/list.m3u?token=abc&type=m3u_plus', [], ['key1=abc']],
      ['http://p.example/list.m3u?password=abc', [], ['key1=abc']],
      [
        'http://p.example/list.m3u?key=abc',
        ['http://q.example/1.ts?token=t1'],
        ['key1=abc', 'key1of2=t1'],
      ],
      [
        'http://p.example/AbCdEf0123456789xy/tv_channels.m3u',
        streams,
        ['key1=AbCdEf0123456789xy', ...anna],
      ],
    ] as const)
      assert.deepEqual(names(address, of), expected, `${address} ${of.join(' ')}`);
  });
});
