/**
 * Sources in the configure page, in a real browser: live search, servers and endpoints of one's own, and what the test of
 * one says. `SLUICE_SCREENSHOTS=folder` keeps pictures.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Locator, Page } from 'playwright-core';
import {
  DESKTOP,
  launchBrowser,
  openPage,
  PHONE,
  shot,
  skipWithoutChromium,
} from '../support/browser.ts';
import { hasFocus, ready } from '../support/configure-page.ts';
import { NAMELESS_CONTROLS, POOR_CONTRASTS } from '../support/page-checks.ts';
import { startApp, type RunningApp } from '../support/start-app.ts';
import type { FakeUpstream } from '../support/upstreams/fake-upstream.ts';
import { startMediaflow } from '../support/upstreams/mediaflow.ts';
import { startTorznab } from '../support/upstreams/torznab.ts';

const SECRET = 'CANARYx7Kq9x7Kq9';

describe('sources in the configure page', { skip: skipWithoutChromium }, () => {
  let app: RunningApp;
  let browser: Browser;
  let indexer: FakeUpstream;
  let flow: FakeUpstream;

  before(async () => {
    flow = await startMediaflow({ password: SECRET, publicIp: '9.9.9.9' });
    indexer = await startTorznab({ title: 'Example', apiKey: SECRET });
    app = await startApp({
      environment: {
        PROWLARR_URL: 'http://127.0.0.1:9',
        PROWLARR_API_KEY: SECRET,
        FETCH_ALLOW_PRIVATE: '127.0.0.1',
      },
    });
    browser = await launchBrowser();
  });
  after(async () => {
    await browser.close();
    await app[Symbol.asyncDispose]();
    await indexer[Symbol.asyncDispose]();
    await flow[Symbol.asyncDispose]();
  });

  const open = (viewport = DESKTOP, scheme: 'light' | 'dark' = 'light') =>
    openPage(browser, `${app.baseUrl}/configure`, viewport, scheme);
  const part = (page: Page, name: string) =>
    page.locator('details').filter({ has: page.locator('summary', { hasText: name }) });
  const unfold = async (page: Page, name: string): Promise<Locator> => {
    await part(page, name).locator('summary').first().click();
    return part(page, name);
  };
  const configOf = async (page: Page): Promise<Readonly<Record<string, unknown>>> => {
    await ready(page);
    const url = await page.getByLabel('Install URL', { exact: true }).inputValue();
    if (url.endsWith(`${new URL(app.baseUrl).host}/manifest.json`)) return {};
    const answer = await fetch(
      url.replace(/\/(S-[\w-]+)\/manifest.json$/, '/decrypt-user-data/$1'),
    );
    return ((await answer.json()) as { readonly data: Readonly<Record<string, unknown>> }).data;
  };

  test('live search is as the server has it until somebody says otherwise', async () => {
    await using opened = await open();
    const { page, complaints } = opened;
    const group = page.getByRole('group', { name: 'Search sources while a title is opened' });
    assert.equal(await group.getByLabel('As this server: on').isChecked(), true);
    await group.getByText(/^Asks the source of this server, and yours/).waitFor();
    await group.getByLabel('Off', { exact: true }).check();
    assert.deepEqual(await configOf(page), { lss: false });
    await group.getByLabel('As this server: on').check();
    assert.deepEqual(await configOf(page), {});
    assert.deepEqual(complaints, []);
  });

  test('Prowlarr: the server’s, one’s own with address and key, or none; Jackett, which the server has not: none or one’s own', async () => {
    await using opened = await open();
    const { page } = opened;
    const prowlarr = await unfold(page, 'Prowlarr');
    const which = prowlarr.getByRole('group', { name: 'Which Prowlarr is searched for you' });
    assert.equal(await which.getByLabel("This server's").isChecked(), true);
    assert.equal(await prowlarr.getByRole('button', { name: 'Test Prowlarr' }).count(), 0);
    await which.getByLabel('Off').check();
    assert.deepEqual(await configOf(page), { ic: { pr: {} } });
    await which.getByLabel('My own').check();
    await prowlarr.getByLabel('Prowlarr address').fill('https://own.example');
    await prowlarr.getByLabel('Prowlarr API key').fill(SECRET);
    const { ic } = (await configOf(page)) as { readonly ic: { readonly pr: object } };
    assert.deepEqual(
      { ...ic.pr, ak: '' },
      { u: 'https://own.example', ak: '', ug: false, en: true },
    );
    await which.getByLabel("This server's").check();
    await which.getByLabel('My own').check();
    assert.equal(
      await prowlarr.getByLabel('Prowlarr address').inputValue(),
      'https://own.example',
      'what was typed is still there',
    );
    const jackett = await unfold(page, 'Jackett');
    const other = jackett.getByRole('group', { name: 'Which Jackett is searched for you' });
    assert.equal(await other.getByRole('radio').count(), 2);
    assert.equal(await other.getByLabel('Off').isChecked(), true);
  });

  for (const [viewport, scheme] of [
    [DESKTOP, 'light'],
    [PHONE, 'dark'],
  ] as const)
    test(`the test of a source, ${viewport.width} px, ${scheme}: by keyboard, told in words, gone with the next change`, async () => {
      await using opened = await open(viewport, scheme);
      const { page, complaints } = opened;
      const sent: unknown[] = [];
      let answer: (works: boolean) => void = () => {};
      await page.route('**/configure/test-source', async (route) => {
        sent.push(route.request().postDataJSON());
        const works = await new Promise<boolean>((resolve) => {
          answer = resolve;
        });
        await route.fulfill({
          json: works
            ? { working: true, message: 'Torznab server “Films”, finds films and series' }
            : {
                working: false,
                message: 'the key was not accepted: enter the one that the server shows',
              },
        });
      });
      const torznab = await unfold(page, 'Torznab');
      await torznab.getByRole('button', { name: 'Add Torznab indexer' }).click();
      await torznab.getByLabel('Name', { exact: true }).fill('Films');
      await torznab.getByLabel('Address').fill(`https://films.example/api?apikey=${SECRET}`);
      await torznab.getByLabel('HTTP headers').fill('X-Key: abc');
      const button = torznab.getByRole('button', { name: 'Test Films' });
      const said = torznab.getByRole('status');
      await button.focus();
      await page.keyboard.press('Enter');
      await torznab.getByText('Testing…').waitFor();
      await hasFocus(button, 'the button keeps the focus while the test runs');
      await page.keyboard.press('Enter');
      answer(false);
      await said.getByText('Does not work: the key was not accepted').waitFor();
      assert.equal(sent.length, 1, 'a second press does nothing while one runs');
      await shot(page, `source-fails-${scheme}-${viewport.width}`);
      await page.keyboard.press('Enter');
      await torznab.getByText('Testing…').waitFor();
      answer(true);
      await said.getByText('Works: Torznab server “Films”').waitFor();
      await hasFocus(button, 'and after it');
      await shot(page, `source-works-${scheme}-${viewport.width}`);
      assert.deepEqual(await page.evaluate<readonly string[]>(POOR_CONTRASTS), []);
      assert.deepEqual(await page.evaluate<readonly string[]>(NAMELESS_CONTROLS), []);
      const overflow = await page.evaluate<number>(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      assert.ok(overflow <= 0, `${overflow} px too wide`);
      const [first] = sent as readonly { readonly ic: { readonly tz: readonly object[] } }[];
      assert.deepEqual(
        { ...first?.ic.tz[0], i: '' },
        {
          i: '',
          n: 'Films',
          u: `https://films.example/api?apikey=${SECRET}`,
          h: { 'X-Key': 'abc' },
          en: true,
        },
      );
      await torznab.getByLabel('Address').fill('https://other.example/api');
      await said.getByText('Works:').waitFor({ state: 'detached' });
      assert.deepEqual(complaints, []);
    });

  test('an indexer that refuses a key says so; with the right one it works, also after it was stored', async () => {
    await using opened = await open();
    const { page, complaints } = opened;
    const newznab = await unfold(page, 'Newznab');
    await newznab.getByRole('button', { name: 'Add Newznab indexer' }).click();
    await newznab.getByLabel('Address').fill(`${indexer.url}/api`);
    await newznab.getByLabel('API key').fill('wrong');
    const button = newznab.getByRole('button', { name: 'Test Newznab 1' });
    const said = newznab.getByRole('status');
    await button.click();
    await said.getByText(/^Does not work: .*key/).waitFor();
    await newznab.getByLabel('API key').fill(SECRET);
    await button.click();
    await said.getByText('Works: ').waitFor();
    await ready(page);
    await page.getByRole('button', { name: 'Copy URL' }).click();
    await page.waitForURL(/\/S-[\w-]+\/configure$/);
    await page.reload();
    await page.getByText(/^Your settings are loaded/).waitFor();
    await unfold(page, 'Newznab');
    assert.equal(await newznab.getByLabel('API key').inputValue(), '', 'it is shown to nobody');
    await button.click();
    await said.getByText('Works: ').waitFor();
    assert.deepEqual(complaints, []);
  });

  test('a MediaFlow proxy is tried out as it stands there', async () => {
    await using opened = await open();
    const { page, complaints } = opened;
    const part = page
      .locator('section')
      .filter({ has: page.getByRole('heading', { name: 'MediaFlow proxy', exact: true }) })
      .last();
    assert.equal(await part.getByRole('button', { name: 'Test MediaFlow proxy' }).count(), 0);
    await part.getByLabel('MediaFlow address').fill(flow.url);
    await part.getByLabel('MediaFlow password').fill('wrong');
    await part.getByRole('button', { name: 'Test MediaFlow proxy' }).click();
    const said = part.getByRole('status');
    await said.getByText('Does not work: MediaFlow does not accept the password').waitFor();
    await part.getByLabel('MediaFlow password').fill(SECRET);
    await part.getByRole('button', { name: 'Test MediaFlow proxy' }).click();
    await said.getByText('Works: MediaFlow at 9.9.9.9; services are asked through it').waitFor();
    await part.scrollIntoViewIfNeeded();
    await shot(page, 'mediaflow');
    assert.deepEqual(complaints, []);
  });

  test('a source that lacks its address is told so by the server, in the words of the form', async () => {
    await using opened = await open();
    const { page } = opened;
    const newznab = await unfold(page, 'Newznab');
    await newznab.getByRole('button', { name: 'Add Newznab indexer' }).click();
    await newznab.getByRole('button', { name: 'Test Newznab 1' }).click();
    await newznab.getByRole('status').getByText('Does not work: Address: is missing').waitFor();
  });
});
