import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { directLink } from '../../../../src/features/debrid/direct-link.ts';
import { AppError } from '../../../../src/lib/errors.ts';
import { ownServices } from '../../../../src/lib/user-config/own-services.ts';

const TOKEN = 'secret-token-1234';

function entryOf(tk: string) {
  const [entry] = ownServices({ sps: [{ sv: 'stremthru', tk }] }, (text) => text);
  assert.ok(entry !== undefined);
  return entry;
}

describe('links that viewers are sent to', () => {
  it('none holds a credential, however it is written there or in the configuration', () => {
    const packed = Buffer.from(JSON.stringify({ access_token: TOKEN })).toString('base64url');
    const escaped = TOKEN.replaceAll('-', '%2D');
    for (const tk of [TOKEN, `torbox:${TOKEN}`, `https://a.example|torbox:${TOKEN}`, packed])
      for (const address of [`?t=${TOKEN}`, `${TOKEN}/a.mkv`, `a.mkv?t=${escaped}`])
        assert.throws(
          () => directLink(`https://cdn.example/${address}`, entryOf(tk)),
          (error) => error instanceof AppError && error.code === 'debrid.bad-answer',
        );
  });

  it('short parts of a credential are nobody’s secret', () => {
    const { url } = directLink('https://cdn.example/films/a.mkv', entryOf('user:films'));
    assert.equal(url, 'https://cdn.example/films/a.mkv');
  });
});
