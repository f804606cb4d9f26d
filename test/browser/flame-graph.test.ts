/** The flame-graph page in a browser: drawn under its own policy, searched, zoomed. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { DESKTOP, launchBrowser, skipWithoutChromium } from '../support/browser.ts';
import { startApp, type RunningApp } from '../support/start-app.ts';

const PASSWORD = 'canary-instance-password';
const TIMEOUT_MS = 60_000;

describe('the flame graph', { skip: skipWithoutChromium }, () => {
  let app: RunningApp;
  let browser: Browser;
  before(async () => {
    const environment = {
      API_PASSWORD: PASSWORD,
      IS_PUBLIC_INSTANCE: 'true',
      ENABLE_PROFILER: 'true',
    };
    [app, browser] = await Promise.all([startApp({ environment }), launchBrowser()]);
  });
  after(async () => {
    await browser.close();
    await app[Symbol.asyncDispose]();
  });

  test('frames are drawn, found and entered', async () => {
    const context = await browser.newContext({
      viewport: DESKTOP,
      extraHTTPHeaders: { 'x-api-key': PASSWORD },
      colorScheme: process.env['SLUICE_SHOT_DARK'] === undefined ? 'light' : 'dark',
    });
    const page = await context.newPage();
    page.setDefaultTimeout(TIMEOUT_MS);
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (line) => {
      if (line.type() === 'error') complaints.push(line.text());
    });
    const path = '/stream/movie/tt1254207.json?_profile=1&_seconds=2';
    await page.goto(app.baseUrl + path, { timeout: TIMEOUT_MS });
    const frames = page.locator('#graph .frame');
    const all = await frames.count();
    assert.ok(all > 5, `${all}: ${complaints.join()}`);
    assert.ok((await page.locator('#own tr').count()) > 3);
    const folder = process.env['SLUICE_SHOTS'];
    if (folder !== undefined)
      await page.screenshot({ path: `${folder}/flame.png`, fullPage: true });
    await page.fill('#search', 'streams');
    assert.match((await page.textContent('#found')) ?? '', /\d %? ?of the time in it|%/);
    assert.ok((await page.locator('#graph .frame.miss').count()) > 0);
    await frames.nth(all - 1).click();
    assert.notEqual(await frames.count(), all);
    await page.click('#whole');
    assert.equal(await frames.count(), all);
    const overflow = await page.evaluate('document.documentElement.scrollWidth > innerWidth');
    assert.equal(overflow, false);
    // The browser asks for an icon by itself, without the policy allowing pictures.
    assert.deepEqual(
      complaints.filter((line) => !line.includes('favicon')),
      [],
    );
    await context.close();
  });
});
