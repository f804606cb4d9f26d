/** The configure page of a private server in a real browser: it asks for the password, then works as any. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchBrowser, openPage, PHONE, shot, skipWithoutChromium } from '../support/browser.ts';
import { ask } from '../support/configure-requests.ts';
import { NAMELESS_CONTROLS, POOR_CONTRASTS } from '../support/page-checks.ts';
import { startApp, type RunningApp } from '../support/start-app.ts';

const PASSWORD = 'a-password-for-friends';

describe('the configure page of a private server', { skip: skipWithoutChromium }, () => {
  let app: RunningApp;
  let browser: Browser;

  before(async () => {
    app = await startApp({ environment: { API_PASSWORD: PASSWORD } });
    browser = await launchBrowser();
  });
  after(async () => {
    await browser.close();
    await app[Symbol.asyncDispose]();
  });

  for (const [size, viewport, scheme] of [
    ['desktop', undefined, 'light'],
    ['phone', PHONE, 'dark'],
  ] as const) {
    test(`asks for the password and makes installs that work: ${size}`, async () => {
      await using opened = await openPage(browser, `${app.baseUrl}/configure`, viewport, scheme);
      const { page, complaints } = opened;
      await page.getByRole('heading', { name: 'This server is private' }).waitFor();
      assert.deepEqual(await page.evaluate(NAMELESS_CONTROLS), []);
      assert.deepEqual(await page.evaluate(POOR_CONTRASTS), []);
      await page.getByLabel('Password').fill('not this one');
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.getByText('That is not the password of this server.').waitFor();
      await shot(page, `private-${size}`);
      await page.getByLabel('Password').fill(PASSWORD);
      await page.getByLabel('Password').press('Enter');
      await page.getByRole('heading', { name: 'Providers' }).waitFor();
      const address = page.locator(`a[href^="stremio://"]`).first();
      await address.waitFor();
      const href = (await address.getAttribute('href')) ?? '';
      const manifest = await ask(href.replace('stremio://', 'http://'));
      assert.equal(manifest.json['name'], 'Sluice');
      await page.reload();
      await page.getByRole('heading', { name: 'Providers' }).waitFor();
      // Chromium says of every refusal that the resource failed to load.
      assert.deepEqual(
        complaints.filter((text) => !text.includes('status of 401')),
        [],
      );
    });
  }
});
