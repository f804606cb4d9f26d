/** The landing page in a real browser, at desktop and phone size, light and dark. `SLUICE_SCREENSHOTS=folder` keeps pictures. */
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import {
  DESKTOP,
  launchBrowser,
  openPage,
  PHONE,
  skipWithoutChromium,
} from '../support/browser.ts';
import { NAMELESS_CONTROLS, POOR_CONTRASTS } from '../support/page-checks.ts';
import { startApp, type RunningApp } from '../support/start-app.ts';

const HOSTILE = '<script>alert("1")</script> & "Friends\'"';

describe('the landing page', { skip: skipWithoutChromium }, () => {
  let app: RunningApp;
  let browser: Browser;

  before(async () => {
    app = await startApp({
      environment: { ADDON_DESCRIPTION: `Free films for everybody. ${HOSTILE}` },
    });
    browser = await launchBrowser();
  });
  after(async () => {
    await browser.close();
    await app[Symbol.asyncDispose]();
  });

  for (const [size, viewport] of [
    ['desktop', DESKTOP],
    ['phone', PHONE],
  ] as const) {
    for (const scheme of ['light', 'dark'] as const) {
      test(`says what this is, installs, leads on and tells the state: ${size}, ${scheme}`, async () => {
        await using opened = await openPage(browser, `${app.baseUrl}/`, viewport, scheme);
        const { page, complaints } = opened;
        const href = (name: string) =>
          page.getByRole('link', { name, exact: true }).getAttribute('href');
        const manifestUrl = `${app.baseUrl}/manifest.json`;
        assert.equal(
          await href('Install in Stremio'),
          `stremio://${manifestUrl.slice('http://'.length)}`,
        );
        assert.equal(await href(manifestUrl), manifestUrl);
        assert.equal(await href('Configure'), `${app.baseUrl}/configure`);
        await page.getByText(HOSTILE).waitFor();
        await page.getByText('Ready', { exact: true }).waitFor();
        await page.getByText('No sources are set up').waitFor();
        await page.getByText('on the machine that the server runs on').waitFor();
        assert.deepEqual(await page.evaluate(NAMELESS_CONTROLS), []);
        assert.deepEqual(await page.evaluate(POOR_CONTRASTS), []);
        assert.equal(
          await page.evaluate('document.documentElement.scrollWidth > innerWidth'),
          false,
          'nothing sticks out',
        );
        assert.equal(await page.evaluate('document.images[0].naturalWidth'), 256);
        assert.deepEqual(complaints, []);
        const folder = process.env['SLUICE_SCREENSHOTS'];
        if (folder === undefined) return;
        await mkdir(folder, { recursive: true });
        await page.screenshot({
          path: join(folder, `landing-${size}-${scheme}.png`),
          fullPage: true,
        });
      });
    }
  }

  test('leads to the configure page', async () => {
    await using opened = await openPage(browser, `${app.baseUrl}/`);
    await opened.page.getByRole('link', { name: 'Configure', exact: true }).click();
    await opened.page.getByRole('heading', { name: 'Providers' }).waitFor();
    assert.deepEqual(opened.complaints, []);
  });
});
