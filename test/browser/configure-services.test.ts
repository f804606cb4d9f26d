/**
 * Services in the configure page, in a real browser: what their test says, and login by a code. `SLUICE_SCREENSHOTS=folder`
 * keeps pictures.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import {
  DESKTOP,
  launchBrowser,
  openPage,
  PHONE,
  shot,
  skipWithoutChromium,
} from '../support/browser.ts';
import { hasFocus } from '../support/configure-page.ts';
import { NAMELESS_CONTROLS, POOR_CONTRASTS } from '../support/page-checks.ts';
import { startApp, type RunningApp } from '../support/start-app.ts';
import { startAllDebrid } from '../support/upstreams/alldebrid.ts';
import { DebridCloud } from '../support/upstreams/debrid-cloud.ts';
import type { FakeUpstream } from '../support/upstreams/fake-upstream.ts';

const TOKEN = 'CANARY7f3a9token1234567890';

describe('services in the configure page', { skip: skipWithoutChromium }, () => {
  const cloud = new DebridCloud();
  const account = cloud.account(TOKEN);
  const login = { isConfirmed: false };
  let upstream: FakeUpstream;
  let app: RunningApp;
  let browser: Browser;

  before(async () => {
    upstream = await startAllDebrid(cloud, {}, login);
    app = await startApp({
      environment: {
        ALLDEBRID_URL: upstream.url,
        SOURCE_TESTS_PER_MINUTE_MAX: '100',
        CODE_LOGINS_PER_MINUTE_MAX: '1000',
      },
    });
    browser = await launchBrowser();
  });
  after(async () => {
    await browser.close();
    await app[Symbol.asyncDispose]();
    await upstream[Symbol.asyncDispose]();
  });

  const withAllDebrid = async (page: Page) => {
    await page.getByLabel('Service to add').selectOption('alldebrid');
    await page.getByRole('button', { name: 'Add provider' }).click();
    return page.getByRole('group', { name: 'AllDebrid', exact: true });
  };
  const looksGood = async (page: Page) => {
    assert.deepEqual(await page.evaluate<readonly string[]>(POOR_CONTRASTS), []);
    assert.deepEqual(await page.evaluate<readonly string[]>(NAMELESS_CONTROLS), []);
    const overflow = await page.evaluate<number>(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    );
    assert.ok(overflow <= 0, `${overflow} px too wide`);
  };

  for (const viewport of [DESKTOP, PHONE])
    for (const scheme of ['light', 'dark'] as const)
      test(`a key is tested and a code logs in, ${viewport.width} px, ${scheme}`, async () => {
        login.isConfirmed = false;
        account.state = 'good';
        await using opened = await openPage(browser, `${app.baseUrl}/configure`, viewport, scheme);
        const { page, complaints } = opened;
        const name = (what: string) => `service-${what}-${scheme}-${viewport.width}`;
        const card = await withAllDebrid(page);
        const said = card.getByRole('status');
        await card.getByLabel('API token').fill('wrong');
        const button = card.getByRole('button', { name: 'Test AllDebrid' });
        await button.press('Enter');
        await said.getByText('Does not work: the key is wrong').waitFor();
        await hasFocus(button, 'the button keeps the focus');
        await looksGood(page);
        await shot(page, name('wrong-key'));

        // Services ask for pauses of seconds: the page is told of shorter ones.
        await page.route('**/configure/device-login', async (route) => {
          const response = await route.fetch();
          const json = { ...((await response.json()) as object), poll_every_s: 0.1 };
          await route.fulfill({ response, json });
        });
        await card.getByRole('button', { name: 'Log in to AllDebrid with a code' }).press('Enter');
        await card.getByText('ABCD', { exact: true }).waitFor();
        assert.equal(
          await card.getByRole('link', { name: 'alldebrid.com/pin/?pin=ABCD' }).count(),
          1,
        );
        await looksGood(page);
        await shot(page, name('code'));
        login.isConfirmed = true;
        await said.getByText('Logged in: the token is filled in.').waitFor();
        assert.equal(await card.getByLabel('API token').inputValue(), TOKEN);
        await button.click();
        await said.getByText(/^Logged in as user 1, premium until|Works: Logged in/).waitFor();
        await looksGood(page);
        await shot(page, name('works'));
        await card.getByLabel('API token').fill('another');
        await said.getByText('Works:').waitFor({ state: 'detached' });
        assert.deepEqual(complaints, []);
      });

  test('who cancels a login is not asked for any more, and gets back to its button', async () => {
    login.isConfirmed = false;
    await using opened = await openPage(browser, `${app.baseUrl}/configure`);
    const { page } = opened;
    let polls = 0;
    await page.route('**/configure/device-login', (route) =>
      route.fulfill({
        json: {
          state: 'waiting',
          user_code: 'ABCD',
          verify_url: 'https://alldebrid.example/pin',
          device_code: 'A:b',
          expires_in_s: 600,
          poll_every_s: 0.1,
        },
      }),
    );
    await page.route('**/configure/device-login/poll', async (route) => {
      polls++;
      await route.fulfill({ json: { state: 'waiting' } });
    });
    const card = await withAllDebrid(page);
    const button = card.getByRole('button', { name: 'Log in to AllDebrid with a code' });
    await button.click();
    await page.waitForResponse('**/configure/device-login/poll');
    await card.getByRole('button', { name: 'Cancel' }).click();
    await hasFocus(button, 'the button has the focus again');
    const before = polls;
    await card.getByRole('button', { name: 'Test AllDebrid' }).press('Enter');
    await card.getByText('API token: still missing').waitFor();
    assert.ok(polls <= before + 1, 'nothing asks any more');
  });

  test('a code that expires says so', async () => {
    await using opened = await openPage(browser, `${app.baseUrl}/configure`);
    const { page } = opened;
    await page.route('**/configure/device-login', async (route) => {
      const response = await route.fetch();
      const json = { ...((await response.json()) as object), poll_every_s: 0.1, expires_in_s: 0.2 };
      await route.fulfill({ response, json });
    });
    login.isConfirmed = false;
    const card = await withAllDebrid(page);
    await card.getByRole('button', { name: 'Log in to AllDebrid with a code' }).click();
    await card.getByRole('status').getByText('The code has expired. Get a new one.').waitFor();
  });
});
