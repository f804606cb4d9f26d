/** The configure page promises nothing that its server cannot do, and works behind a proxy that takes a path away. */
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
import { hasFocus, ready } from '../support/configure-page.ts';
import { POOR_CONTRASTS } from '../support/page-checks.ts';
import { startPrefixProxy } from '../support/prefix-proxy.ts';
import { startApp, type RunningApp } from '../support/start-app.ts';

const NOT_AVAILABLE = 'Not available on this server yet';

describe('the configure page and its server', { skip: skipWithoutChromium }, () => {
  let app: RunningApp;
  let browser: Browser;

  before(async () => {
    app = await startApp({ environment: { USER_INDEXERS: 'false' } });
    browser = await launchBrowser();
  });
  after(async () => {
    await browser.close();
    await app[Symbol.asyncDispose]();
  });

  test('what this server cannot do is marked, asks for nothing, and what is stored of it can be taken out', async () => {
    const config = {
      sps: [{ sv: 'easynews', enc: { un: 'name', pw: 'stored-word' } }],
      lss: true,
      ets: true,
      pg: 'mixed',
    };
    const sealed = (await (
      await fetch(`${app.baseUrl}/encrypt-user-data`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(config),
      })
    ).json()) as { readonly encrypted_str: string };
    for (const [viewport, scheme] of [
      [DESKTOP, 'light'],
      [PHONE, 'dark'],
    ] as const) {
      await using opened = await openPage(
        browser,
        `${app.baseUrl}/${sealed.encrypted_str}/configure`,
        viewport,
        scheme,
      );
      const { page, complaints } = opened;
      const card = page.getByRole('group', { name: 'Easynews', exact: true });
      await card.getByText(NOT_AVAILABLE).first().waitFor();
      assert.equal(await card.getByText('Type to replace it').count(), 0);
      assert.equal(await card.getByLabel('Password').first().isDisabled(), true);
      assert.equal(
        await page.getByLabel('Service to add').getByText('Easynews').count(),
        0,
        'its password is not asked for',
      );
      assert.equal(
        await page.getByRole('group', { name: 'Problems' }).count(),
        0,
        'nothing is missing in it',
      );
      const disclosure = (title: string) =>
        page
          .locator('details.is-unavailable')
          .filter({ has: page.getByText(title, { exact: true }) });
      for (const title of [
        'Live search',
        'Sources of your own',
        'RPDB',
        'TMDB',
        'TVDB',
        'MDBList',
      ]) {
        await disclosure(title).getByText(NOT_AVAILABLE).first().waitFor();
        await disclosure(title).locator('summary').first().click();
        assert.equal(
          await disclosure(title)
            .locator('input:enabled, button:enabled:not(.kept-settings button)')
            .count(),
          0,
          title,
        );
      }
      await shot(page, `unavailable-${scheme}`);
      const overflow = await page.evaluate<number>(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      assert.ok(overflow <= 0, `${overflow} px too wide`);
      assert.deepEqual(await page.evaluate<readonly string[]>(POOR_CONTRASTS), []);
      await page.getByRole('button', { name: 'Remove settings of Live search' }).click();
      await hasFocus(disclosure('Live search').locator('summary').first(), 'where the button was');
      await page
        .getByRole('button', { name: 'Remove settings of types that are not available' })
        .click();
      await page.getByRole('button', { name: 'Remove Easynews' }).click();
      await ready(page);
      const url = await page.getByLabel('Install URL', { exact: true }).inputValue();
      const left = (await (
        await fetch(url.replace(/\/(S-[\w-]+)\/manifest.json$/, '/decrypt-user-data/$1'))
      ).json()) as { readonly data: object };
      assert.deepEqual(left.data, { pg: 'mixed' }, 'what works stays');
      assert.deepEqual(complaints, []);
    }
  });

  test('below a path of a proxy, the page finds its files and the server', async () => {
    await using opened = await openPage(browser, `${app.baseUrl}/configure`);
    const { page } = opened;
    // Everything that the page asks for must have the prefix, and what the server redirects to, too.
    await using proxy = await startPrefixProxy('/sluice', app.baseUrl);
    await page.goto(`${proxy.origin}/sluice/configure`);
    await page.getByText(/^Sintel: 20 of 20 streams shown/).waitFor();
    await page.getByLabel('Most streams').fill('8');
    await ready(page);
    assert.match(
      await page.getByLabel('Install URL', { exact: true }).inputValue(),
      /^http:\/\/127\.0\.0\.1:\d+\/sluice\/S-/,
    );
    await page.getByRole('button', { name: 'Copy URL' }).click();
    await page.waitForURL(/\/sluice\/S-[\w-]+\/configure$/);
    await page.reload();
    await page.getByText(/^Your settings are loaded/).waitFor();
    assert.equal(await page.getByLabel('Most streams').inputValue(), '8');
    const address = new URL(page.url()).pathname;
    for (const path of ['/sluice/configure/', `${address}/`]) {
      await page.goto(`${proxy.origin}${path}`);
      await page.getByText(/^Sintel: \d+ of 20 streams shown/).waitFor();
      await ready(page);
    }
    assert.deepEqual(proxy.outside, []);
  });
});
