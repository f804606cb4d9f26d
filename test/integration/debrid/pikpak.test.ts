/** What PikPak has beside what all services have: tokens that it takes back, captchas, and a drive that is full. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { videoOf } from '../../../src/features/debrid/failures.ts';
import { captchaSign } from '../../../src/features/debrid/providers/pikpak-session.ts';
import { NEVER } from '../../support/cache-parts.ts';
import { CANARY, openAccount, openDebridTools, wanted } from '../../support/debrid-kits.ts';
import { DebridCloud } from '../../support/upstreams/debrid-cloud.ts';
import { startPikPak, type PikPakTokens } from '../../support/upstreams/pikpak.ts';

const PASSWORD = `${CANARY}pikpak`;
const CALL = { signal: NEVER, viewerIp: '' };

async function open(tokens: PikPakTokens = { session: 1, captcha: 1 }) {
  const cloud = new DebridCloud();
  const held = cloud.account(PASSWORD);
  const upstream = await startPikPak(cloud, {}, tokens);
  const tools = openDebridTools({ PIKPAK_URL: upstream.url, PIKPAK_USER_URL: upstream.url });
  const signIns = () => upstream.asked.filter(({ path }) => path === '/v1/auth/signin').length;
  return {
    cloud,
    held,
    upstream,
    signIns,
    account: openAccount({ sv: 'pikpak', em: 'a@example.com', pw: PASSWORD }, tools),
    [Symbol.asyncDispose]: async () => {
      await tools[Symbol.asyncDispose]();
      await upstream[Symbol.asyncDispose]();
    },
  };
}

describe('PikPak', () => {
  it('signs captchas as its page does', () => {
    const sign = captchaSign('test-device-123', '1700000000000');
    assert.equal(sign, '1.3bd6ce4a63cc0b3fac0fac225900455b');
  });

  it('signs in once, and again when the session was taken back', async () => {
    const tokens = { session: 1, captcha: 1 };
    await using pikPak = await open(tokens);
    const { account, signIns } = pikPak;
    await account.verify(CALL);
    await account.list?.(CALL);
    assert.equal(signIns(), 1);
    tokens.session++;
    await account.verify(CALL);
    assert.equal(signIns(), 2);
  });

  it('a captcha that has run out takes no new sign-in', async () => {
    const tokens = { session: 1, captcha: 1 };
    await using pikPak = await open(tokens);
    const { account, signIns } = pikPak;
    await account.verify(CALL);
    tokens.captcha++;
    await account.verify(CALL);
    assert.equal(signIns(), 1);
  });

  it('a captcha for people: its address is not trusted', async () => {
    await using pikPak = await open({ session: 1, captcha: 1, asksForPerson: true });
    await assert.rejects(
      pikPak.account.verify(CALL),
      (error) => videoOf(error) === 'ip_not_allowed',
    );
  });

  it('what does not fit is refused, and nothing is deleted for it', async () => {
    await using pikPak = await open();
    const { account, cloud, held, upstream } = pikPak;
    cloud.fill(held, 3);
    held.state = 'full';
    await assert.rejects(
      account.open(wanted(cloud.uncached), CALL),
      (error) => videoOf(error) === 'not_enough_space',
    );
    assert.equal(held.held.length, 3);
    assert.ok(!upstream.asked.some(({ method, path }) => /DELETE|rash/.test(`${method} ${path}`)));
  });

  it('a task that says so later, too', async () => {
    await using pikPak = await open();
    const { account, cloud, upstream } = pikPak;
    const transfer = await account.open(wanted(cloud.uncached), CALL);
    const task = { id: 'T1', phase: 'PHASE_TYPE_ERROR', message: 'Storage space is not enough' };
    upstream.script = { fault: { kind: 'json', text: JSON.stringify(task) } };
    await assert.rejects(
      account.refresh(transfer, CALL),
      (error) => videoOf(error) === 'not_enough_space',
    );
  });

  it('the link is that of the original, for as long as it says', async () => {
    await using pikPak = await open();
    const { account, cloud } = pikPak;
    const transfer = await account.open(wanted(cloud.cached), CALL);
    const video = transfer.files.find(({ path }) => path.endsWith('.mp4'));
    assert.ok(video !== undefined);
    const link = await account.link(transfer, video, CALL);
    assert.ok(link.url.endsWith('/Sintel.mp4'));
    assert.equal(link.expiresAtMs, Date.parse('2099-01-01T00:00:00Z'));
  });

  it('pages that never end are read to a bound', async () => {
    await using pikPak = await open();
    const { account, upstream } = pikPak;
    await account.verify(CALL);
    const text = JSON.stringify({ files: [], tasks: [], next_page_token: 'more' });
    upstream.script = { fault: { kind: 'json', text } };
    const asked = upstream.asked.length;
    assert.deepEqual(await account.list?.(CALL), []);
    assert.equal(upstream.asked.length - asked, 20);
  });
});
