/**
 * The configure page in a real browser, against the real program: an add-on is configured from nothing, installed,
 * changed, and its streams change. `SLUICE_SCREENSHOTS=folder` keeps pictures at desktop and phone size.
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
import { ready } from '../support/configure-page.ts';
import { switchEverythingOn } from '../support/page-capabilities.ts';
import { NAMELESS_CONTROLS, POOR_CONTRASTS } from '../support/page-checks.ts';
import { startApp, type RunningApp } from '../support/start-app.ts';

const FIRST_LOAD_BYTES_MAX = 150 * 1024;

describe('the configure page', { skip: skipWithoutChromium }, () => {
  let app: RunningApp;
  let browser: Browser;

  before(async () => {
    app = await startApp();
    browser = await launchBrowser();
  });
  after(async () => {
    await browser.close();
    await app[Symbol.asyncDispose]();
  });

  const installUrl = async (page: Page) => {
    const field = page.getByLabel('Install URL', { exact: true });
    await ready(page);
    return field.inputValue();
  };

  const streamNames = async (manifestUrl: string, id = 'movie/tt1254207') => {
    const response = await fetch(manifestUrl.replace('/manifest.json', `/stream/${id}.json`));
    const { streams } = (await response.json()) as {
      readonly streams: readonly { readonly name: string }[];
    };
    return streams.map(({ name }) => name);
  };

  /** Unchecks every resolution but one. */
  const onlyResolution = async (page: Page, kept: string) => {
    const group = page
      .locator('details')
      .filter({ has: page.locator('summary', { hasText: /^Resolutions/ }) });
    if ((await group.getAttribute('open')) === null) await group.locator('summary').click();
    const boxes = group.getByRole('checkbox');
    await group.getByRole('checkbox', { name: kept }).check();
    for (let index = 0; index < (await boxes.count()); index++) {
      const box = boxes.nth(index);
      const label = await box.evaluate(
        (element) =>
          element.closest('label')?.textContent ?? element.getAttribute('aria-label') ?? '',
      );
      if (!label.includes(kept)) await box.uncheck();
    }
  };

  test('from nothing to an install, without a mouse-only step, an error, or a request elsewhere', async () => {
    await using opened = await openPage(browser, `${app.baseUrl}/configure`);
    const { page, complaints } = opened;
    await page.getByLabel('Name suffix').fill('Home');
    await onlyResolution(page, '720p');
    await page.getByText(/of 20 streams shown/).waitFor();
    await shot(page, 'desktop-configured');
    const url = await installUrl(page);
    assert.match(url, /\/S-[\w-]+\/manifest\.json$/);
    const manifest = (await (await fetch(url)).json()) as { readonly name: string };
    assert.equal(manifest.name, 'Sluice Home');
    const names = await streamNames(url);
    assert.ok(names.length > 0 && names.every((name) => name.includes('720p')), names.join());
    assert.match(
      (await page
        .getByRole('link', { name: 'Install in Stremio', exact: true })
        .getAttribute('href')) ?? '',
      /^stremio:\/\//,
    );
    assert.deepEqual(complaints, []);
  });

  test('an install is opened again, changed, and its streams change; the credential stays where it is', async () => {
    let secret: string;
    {
      await using opened = await openPage(browser, `${app.baseUrl}/configure`);
      const { page } = opened;
      await switchEverythingOn(page);
      await page.getByLabel('Service to add').selectOption({ label: 'Premiumize' });
      await page.getByRole('button', { name: 'Add provider' }).click();
      await page
        .getByRole('group', { name: 'Problems' })
        .getByText(/API token/)
        .waitFor();
      await page.getByLabel('API token').fill('kept-on-the-server');
      await onlyResolution(page, '720p');
      secret = new URL(await installUrl(page)).pathname.split('/')[1] ?? '';
    }
    await using again = await openPage(browser, `${app.baseUrl}/${secret}/configure`);
    const { page, complaints } = again;
    await page.getByRole('group', { name: 'Premiumize' }).waitFor();
    assert.doesNotMatch(await page.content(), /kept-on-the-server/);
    await onlyResolution(page, '240p');
    const url = await installUrl(page);
    // One row says that the chosen service cannot play here.
    const names = (await streamNames(url)).filter((name) => !name.includes('⚠'));
    assert.ok(
      names.length > 0 && names.every((name) => name.includes('180p') || name.includes('240p')),
      names.join(),
    );
    assert.deepEqual(complaints, []);
  });

  test('a stored profile: one address, whose streams follow every save', async () => {
    await using opened = await openPage(browser, `${app.baseUrl}/configure`);
    const { page } = opened;
    await onlyResolution(page, '720p');
    await page.getByRole('radio', { name: 'Stored profile' }).check({ force: true });
    await page.getByRole('button', { name: 'Create stored profile' }).click();
    const url = await installUrl(page);
    assert.match(url, /\/U-[\da-f-]{36}\/manifest\.json$/);
    assert.ok((await streamNames(url)).every((name) => name.includes('720p')));
    await shot(page, 'desktop-profile');
    await onlyResolution(page, '240p');
    await page.getByRole('button', { name: 'Save changes' }).click();
    const deadline = Date.now() + 30_000;
    while (!(await streamNames(url)).every((name) => /180p|240p/.test(name))) {
      assert.ok(Date.now() < deadline, 'the streams follow within 30 s');
      await page.waitForTimeout(250);
    }
    const ownerKey = await page.getByLabel('Your owner key', { exact: true }).inputValue();
    await using later = await openPage(browser, url.replace('manifest.json', 'configure'));
    await later.page.getByLabel('Owner key', { exact: true }).fill('wrong');
    await later.page.getByRole('button', { name: 'Use owner key' }).click();
    await later.page.getByText(/expected the owner key/).waitFor();
    await shot(later.page, 'desktop-owner-key');
    await later.page.getByLabel('Owner key', { exact: true }).fill(ownerKey);
    await later.page.getByRole('button', { name: 'Use owner key' }).click();
    await later.page.getByText(/^Your settings are loaded/).waitFor();
    await onlyResolution(later.page, '720p');
    await later.page.getByRole('button', { name: 'Save changes' }).click();
    await later.page.getByText(/^Saved/).waitFor();
  });

  test('sort order and catalogues move by keyboard; templates and name filters show what they do', async () => {
    await using opened = await openPage(browser, `${app.baseUrl}/configure`);
    const { page, complaints } = opened;
    const list = page.getByRole('list', { name: 'Sort keys, most important first' });
    const order = async () =>
      [...(await list.ariaSnapshot()).matchAll(/"Direction of ([^"]+)"/g)].map(
        ([, name = '']) => name,
      );
    const before = await order();
    await page.getByRole('button', { name: 'Reorder Size' }).focus();
    // The list measures itself between the steps of a move: what it announces says that it has.
    const place = before.indexOf('Size') + 1;
    for (const [key, announced] of [
      ['Space', `Size: place ${place} of`],
      ['ArrowUp', `Size: place ${place - 1} of`],
      ['Space', `Size dropped, place ${place - 1} of`],
    ] as const) {
      await page.keyboard.press(key);
      await page.getByRole('status').filter({ hasText: announced }).waitFor({ state: 'attached' });
    }
    const afterwards = await order();
    assert.equal(
      afterwards.indexOf('Size'),
      before.indexOf('Size') - 1,
      `${before.join()} → ${afterwards.join()}`,
    );
    await page.getByLabel('Title template').fill('T {stream.resolution|upper}');
    await page
      .getByRole('list', { name: 'Template preview' })
      .getByText(/^T 2160P/)
      .first()
      .waitFor();
    await page.getByLabel('Title template').fill('{if oops');
    await page
      .getByText(/\{ without \}/)
      .first()
      .waitFor();
    await page.getByRole('button', { name: /^Back to default/ }).click();
    await page.getByRole('button', { name: 'Add pattern' }).click();
    await page.getByRole('textbox', { name: 'Pattern 1' }).fill('remux');
    const idle = page.getByText('The filter is off: the patterns below do nothing.');
    await idle.waitFor();
    await page.getByRole('radio', { name: 'Leave out', exact: true }).check({ force: true });
    await idle.waitFor({ state: 'detached' });
    await page
      .getByText(/of 12 kept/)
      .filter({ hasNotText: '12 of 12' })
      .waitFor();
    assert.deepEqual(
      complaints.filter((text) => !text.includes('400')),
      [],
    );
  });

  test('on a phone: nothing is wider than the screen, dark and light, and every control has a name', async () => {
    for (const scheme of ['dark', 'light'] as const) {
      await using opened = await openPage(browser, `${app.baseUrl}/configure`, PHONE, scheme);
      const { page, complaints } = opened;
      await page.getByText(/of 20 streams shown/).waitFor();
      const overflow = await page.evaluate<number>(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      assert.ok(overflow <= 0, `${overflow} px too wide`);
      const nameless = await page.evaluate<readonly string[]>(NAMELESS_CONTROLS);
      assert.deepEqual(nameless, []);
      assert.equal(await page.locator('html').getAttribute('lang'), 'en');
      await shot(page, `phone-${scheme}`);
      assert.deepEqual(complaints, []);
    }
  });

  test('the first load is small, compressed before, and kept for ever', async () => {
    const context = await browser.newContext({ viewport: DESKTOP });
    const page = await context.newPage();
    const sizes: number[] = [];
    page.on('response', (response) => {
      if (!/\/app\/|\/configure$/.test(response.url())) return;
      const headers = response.headers();
      sizes.push(Number(headers['content-length'] ?? Number.NaN));
      if (response.url().includes('/app/'))
        assert.equal(headers['cache-control'], 'public, max-age=31536000, immutable');
      else assert.match(headers['content-security-policy'] ?? '', /default-src 'none'/);
    });
    await page.goto(`${app.baseUrl}/configure`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    assert.ok(
      sizes.length >= 3 && bytes < FIRST_LOAD_BYTES_MAX,
      `${bytes} bytes in ${sizes.length} files`,
    );
    await context.close();
  });

  test('texts have contrast enough in both schemes', async () => {
    for (const scheme of ['dark', 'light'] as const) {
      await using opened = await openPage(browser, `${app.baseUrl}/configure`, DESKTOP, scheme);
      const poor = await opened.page.evaluate<readonly string[]>(POOR_CONTRASTS);
      assert.deepEqual(poor, [], scheme);
    }
  });
});
