/** The page that deletes from an account, in a real browser: nothing goes by accident. `SLUICE_SCREENSHOTS=folder` keeps pictures. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import {
  DESKTOP,
  launchBrowser,
  openPage,
  PHONE,
  shot,
  skipWithoutChromium,
} from '../support/browser.ts';
import { ask, send } from '../support/configure-requests.ts';
import { NAMELESS_CONTROLS, POOR_CONTRASTS } from '../support/page-checks.ts';
import { startApp, type RunningApp } from '../support/start-app.ts';
import { startAllDebrid } from '../support/upstreams/alldebrid.ts';
import { DebridCloud } from '../support/upstreams/debrid-cloud.ts';
import type { FakeUpstream } from '../support/upstreams/fake-upstream.ts';

const TOKEN = 'CANARY7f3a9token1234567890';

describe('the page that deletes from an account', { skip: skipWithoutChromium }, () => {
  const cloud = new DebridCloud();
  const account = cloud.account(TOKEN);
  let upstream: FakeUpstream;
  let app: RunningApp;
  let browser: Browser;

  before(async () => {
    upstream = await startAllDebrid(cloud);
    app = await startApp({ environment: { ALLDEBRID_URL: upstream.url } });
    browser = await launchBrowser();
  });
  after(async () => {
    await browser.close();
    await app[Symbol.asyncDispose]();
    await upstream[Symbol.asyncDispose]();
  });

  for (const [viewport, scheme] of [
    [DESKTOP, 'light'],
    [PHONE, 'dark'],
  ] as const)
    test(`${viewport.width} px, ${scheme}: what is ticked goes when the word is typed, and nothing before`, async () => {
      account.held.length = 0;
      cloud.hold(account, cloud.cached);
      cloud.hold(account, cloud.uncached, cloud.uncached.looks);
      const config = { sps: [{ sv: 'alldebrid', tk: TOKEN }] };
      const { json } = await ask(`${app.baseUrl}/profiles`, send('POST', config));
      const url = `${app.baseUrl}/${String(json['profile'])}/watchlist/alldebrid/delete`;
      await using opened = await openPage(browser, url, viewport, scheme);
      const { page, complaints } = opened;
      const button = page.getByRole('button', { name: 'Delete what is ticked' });
      await page.getByLabel(/^Sintel/).check();
      await button.click();
      assert.equal(account.held.length, 2, 'the browser asks for what is missing');
      assert.deepEqual(await page.evaluate<readonly string[]>(POOR_CONTRASTS), []);
      assert.deepEqual(await page.evaluate<readonly string[]>(NAMELESS_CONTROLS), []);
      const overflow = await page.evaluate<number>(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      assert.ok(overflow <= 0, `${overflow} px too wide`);
      await shot(page, `watchlist-delete-${scheme}-${viewport.width}`);
      await page.getByLabel('Owner key of the profile').fill(String(json['owner_key']));
      await page.getByLabel('Type “delete” to confirm').fill('delete');
      await button.press('Enter');
      await page.getByRole('status').getByText('Deleted 1 of 1.').waitFor();
      assert.deepEqual(
        account.held.map(({ torrent }) => torrent.name),
        [cloud.uncached.name],
      );
      assert.equal(await page.getByLabel(/^Sintel/).count(), 0);
      assert.deepEqual(complaints, []);
    });
});
