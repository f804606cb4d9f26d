/**
 * The page that imports, in a real browser against the real program: a profile looks at what it brings, chooses the title, imports
 * it, and has it in its list. `SLUICE_SCREENSHOTS=folder` keeps pictures at desktop and phone size.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { bencode } from '../support/bencode.ts';
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

const KEY = 'key-of-the-operators';
const HASH = 'd0'.repeat(20);
const QUIET = {
  CINEMETA_URL: 'none',
  ANIME_LIST_URL: 'none',
  // On a machine that others use, too.
  ENABLE_BROWNOUT: 'false',
  HTTP_TURN_BUDGET_MS: '0',
};

describe('the import page', { skip: skipWithoutChromium }, () => {
  let app: RunningApp;
  let browser: Browser;
  let profile = '';
  let ownerKey = '';

  before(async () => {
    app = await startApp({
      environment: {
        ...QUIET,
        API_PASSWORD: KEY,
        IS_PUBLIC_INSTANCE: 'true',
        WORKER_SINGLE_MODE: 'true',
      },
    });
    browser = await launchBrowser();
    const { json } = await ask(`${app.baseUrl}/profiles`, send('POST', { mspr: 0, mxs: 100 }));
    profile = String(json['profile']);
    ownerKey = String(json['owner_key']);
  });
  after(async () => {
    await browser.close();
    await app[Symbol.asyncDispose]();
  });

  const open = async (viewport = DESKTOP, scheme: 'light' | 'dark' = 'light') => {
    const opened = await openPage(browser, `${app.baseUrl}/${profile}/import`, viewport, scheme);
    await opened.page.getByLabel('Owner key').fill(ownerKey);
    await opened.page.getByRole('heading', { name: 'Yours so far' }).waitFor();
    return opened;
  };
  const listOf = async (what: string) =>
    (await ask(`${app.baseUrl}/${profile}/stream/${what}.json`)).text;
  /** From the top: the bar sticks there. */
  const picture = async (page: Page, name: string) => {
    await page.evaluate('scrollTo(0, 0)');
    await shot(page, name);
  };
  const checkPage = async (page: Page) => {
    assert.deepEqual(await page.evaluate(NAMELESS_CONTROLS), []);
    assert.deepEqual(await page.evaluate(POOR_CONTRASTS), []);
    const [inner, outer] = await page.evaluate<[number, number]>(
      '[document.documentElement.scrollWidth, window.innerWidth]',
    );
    assert.ok(inner <= outer, `${inner} of ${outer} pixels: it scrolls sideways`);
  };

  test('a link is looked at, its title chosen, imported, in the list, and deleted again', async () => {
    await using opened = await open();
    const { page, complaints } = opened;
    // Another year than that of the film: it is not sure, and the owner says which it is.
    await page
      .getByLabel('Link', { exact: true })
      .fill(`magnet:?xt=urn:btih:${HASH}&dn=Sintel.1990.1080p`);
    await page.getByRole('button', { name: 'Look at it' }).click();
    await page.getByRole('heading', { name: 'What would be imported' }).waitFor();
    await picture(page, 'import-desktop-unsure');
    const before = await listOf('movie/tt1727587');
    assert.ok(!before.includes(HASH));
    await page.getByText('It is not sure which title it is: choose one').waitFor();
    assert.equal(
      await page.getByRole('button', { name: 'Import it' }).getAttribute('aria-disabled'),
      'true',
    );
    await page.getByRole('radio', { name: /^Sintel \(2010\)/ }).check();
    await page.getByText('100 % sure: it has the id tt1727587').waitFor();
    assert.match(await page.locator('#result').innerText(), /Sintel \(2010\).*The film/s);
    await picture(page, 'import-desktop-result');
    await checkPage(page);
    await page.getByRole('button', { name: 'Import it' }).click();
    await page
      .getByText(/Imported: Sintel \(2010\) has it now, in the lists of your profile/)
      .waitFor();
    assert.ok((await listOf('movie/tt1727587')).includes(HASH));
    await page.getByText('1 of 500 streams').waitFor();
    await page.getByRole('button', { name: 'Delete Sintel.1990.1080p' }).click();
    await page.getByText('None yet.').waitFor();
    assert.ok(!(await listOf('movie/tt1727587')).includes(HASH));
    assert.deepEqual(complaints, []);
  });

  test('a .torrent of a series on a phone: which file plays which episode', async () => {
    await using opened = await open(PHONE);
    const { page, complaints } = opened;
    const buffer = bencode({
      info: {
        files: [1, 2].map((episode) => ({
          length: 400_000_000,
          path: [`Pioneer.One.S01E0${episode}.720p.mkv`],
        })),
        name: 'Pioneer.One.S01.720p',
        'piece length': 1,
        pieces: 'x'.repeat(20),
      },
    });
    await page.getByRole('radio', { name: 'A file' }).check({ force: true });
    await page
      .getByLabel('File', { exact: true })
      .setInputFiles({ name: 'pioneer.torrent', mimeType: 'application/x-bittorrent', buffer });
    await page.getByRole('button', { name: 'Look at it' }).click();
    await page.getByText('Season 1, episode 2').waitFor();
    await picture(page, 'import-phone-result');
    await checkPage(page);
    await page.getByRole('button', { name: 'Import it' }).click();
    await page.getByText(/Imported: Pioneer One/).waitFor();
    await picture(page, 'import-phone-done');
    assert.match(await listOf('series/tt1748166:1:2'), /Pioneer\.One\.S01E02\.720p\.mkv/);
    assert.deepEqual(complaints, []);
  });

  test('a file of lines shows how far it is and what was refused; the operator imports for everybody', async () => {
    await using opened = await open(DESKTOP, 'dark');
    const { page } = opened;
    const linesOf = (digit: string) =>
      Buffer.from(
        [1, 2]
          .map((at) =>
            JSON.stringify({
              infoHash: `${digit.repeat(39)}${at}`,
              name: 'Sintel.2010.720p',
              title: { type: 'movie', imdb: 'tt1727587' },
            }),
          )
          .concat('no line')
          .join('\n'),
      );
    const bring = async (digit: string) => {
      await page.getByRole('radio', { name: 'A file' }).check({ force: true });
      await page
        .getByLabel('File', { exact: true })
        .setInputFiles({ name: 'mine.ndjson', mimeType: 'text/plain', buffer: linesOf(digit) });
      await page.getByRole('button', { name: 'Import the lines' }).click();
      await page.getByText('Done: 3 lines, 1 refused.').waitFor();
    };
    await bring('a');
    await page.getByText(/line 3: it is not JSON/).waitFor();
    await page.getByText('3 of 500 streams').waitFor();
    await checkPage(page);
    await picture(page, 'import-desktop-lines');
    assert.ok((await listOf('movie/tt1727587')).includes(`${'a'.repeat(39)}1`));
    await page.getByRole('radio', { name: 'Everybody' }).check({ force: true });
    await page.getByLabel('Password of the operator').fill('wrong');
    await page.getByRole('button', { name: 'Import the lines' }).click();
    await page.getByText('the key is not the API_PASSWORD of this server').waitFor();
    await page.getByLabel('Password of the operator').fill(KEY);
    await bring('b');
    const everybody = (await ask(`${app.baseUrl}/stream/movie/tt1727587.json`)).text;
    assert.ok(everybody.includes(`${'b'.repeat(39)}1`));
    assert.ok(!everybody.includes(`${'a'.repeat(39)}1`));
  });
});
