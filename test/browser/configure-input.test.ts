/**
 * Protects what people enter in the configure page: it survives a reload, mistakes are told at their field, and the
 * keyboard reaches everything.
 */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, openPage, shot, skipWithoutChromium } from '../support/browser.ts';
import { hasFocus, ready } from '../support/configure-page.ts';
import { switchEverythingOn } from '../support/page-capabilities.ts';
import { startApp, type RunningApp } from '../support/start-app.ts';

describe('input of the configure page', { skip: skipWithoutChromium }, () => {
  let app: RunningApp;
  let browser: Browser;
  let folder: string;

  before(async () => {
    app = await startApp();
    browser = await launchBrowser();
    folder = await mkdtemp(join(tmpdir(), 'sluice-page-'));
  });
  after(async () => {
    await browser.close();
    await app[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const open = () => openPage(browser, `${app.baseUrl}/configure`);
  const stored = (page: Page) =>
    page.evaluate<string>('JSON.stringify([{ ...sessionStorage }, { ...localStorage }])');
  const sortKeys = (page: Page) =>
    page.getByRole('list', { name: 'Sort keys, most important first' });

  test('a reload keeps what was entered; a credential is kept sealed, never as it was typed', async () => {
    await using opened = await open();
    const { page } = opened;
    await switchEverythingOn(page);
    await page.getByLabel('Largest film').fill('7.5');
    await page.getByRole('button', { name: 'Add pattern' }).click();
    await page.keyboard.type('remux');
    await page.getByRole('button', { name: 'Add provider' }).click();
    await page.getByLabel('API token').fill('typed-and-secret');
    await ready(page);
    const before = await page.getByLabel('Install URL', { exact: true }).inputValue();
    assert.doesNotMatch(await stored(page), /typed-and-secret/);
    await page.reload();
    await page.getByText('What you were editing in this tab is here again.').waitFor();
    assert.equal(await page.getByLabel('Largest film').inputValue(), '7.5');
    assert.equal(await page.getByRole('textbox', { name: 'Pattern 1' }).inputValue(), 'remux');
    await page.getByText('Stored, and shown to nobody. Type to replace it.').waitFor();
    assert.doesNotMatch(await page.content(), /typed-and-secret/);
    await ready(page);
    const installed = await page.getByLabel('Install URL', { exact: true }).inputValue();
    assert.match(before, /\/S-/);
    const kept = (await (
      await fetch(installed.replace(/\/(S-[\w-]+)\/manifest.json$/, '/decrypt-user-data/$1'))
    ).json()) as {
      readonly data: { readonly sps: readonly { readonly tk?: string }[] };
    };
    assert.match(kept.data.sps[0]?.tk ?? '', /^•/);
    // Of another tab, and after a start from new, there is nothing.
    const another = await opened.context.newPage();
    await another.goto(`${app.baseUrl}/configure`);
    await another.getByLabel('Largest film').waitFor();
    assert.equal(await another.getByLabel('Largest film').inputValue(), '');
    await page.getByRole('button', { name: 'Discard it and start over' }).click();
    await page.waitForFunction('document.querySelector("#f-ms").value === ""');
    await page.reload();
    await page.getByLabel('Largest film').waitFor();
    assert.equal(await page.getByLabel('Largest film').inputValue(), '');
  });

  test('what was edited in an install is there again after a reload, and gone when it is installed', async () => {
    await using opened = await open();
    const { page } = opened;
    await page.getByLabel('Most streams').fill('7');
    await ready(page);
    await page.getByRole('button', { name: 'Copy URL' }).click();
    await page.waitForURL(/\/S-[\w-]+\/configure$/);
    assert.doesNotMatch(await stored(page), /sluice\.draft/);
    await page.reload();
    await page.getByText(/^Your settings are loaded/).waitFor();
    assert.equal(await page.getByLabel('Most streams').inputValue(), '7');
    await page.getByLabel('Most per resolution').fill('3');
    await page.reload();
    await page.getByText('What you were editing in this tab is here again.').waitFor();
    assert.deepEqual(
      [
        await page.getByLabel('Most streams').inputValue(),
        await page.getByLabel('Most per resolution').inputValue(),
      ],
      ['7', '3'],
    );
  });

  test('edits of a stored profile wait for its owner key, and are there then', async () => {
    const created = (await (
      await fetch(`${app.baseUrl}/profiles`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ mxs: 7 }),
      })
    ).json()) as { readonly profile: string; readonly owner_key: string };
    await using opened = await openPage(browser, `${app.baseUrl}/${created.profile}/configure`);
    const { page } = opened;
    const unlock = async () => {
      await page.getByLabel('Owner key', { exact: true }).fill(created.owner_key);
      await page.getByRole('button', { name: 'Use owner key' }).click();
    };
    await unlock();
    await page.getByText(/^Your settings are loaded/).waitFor();
    await page.getByLabel('Most per resolution').fill('3');
    await ready(page);
    await page.reload();
    await unlock();
    await page.getByText('What you were editing in this tab is here again.').waitFor();
    assert.deepEqual(
      [
        await page.getByLabel('Most streams').inputValue(),
        await page.getByLabel('Most per resolution').inputValue(),
      ],
      ['7', '3'],
    );
    assert.equal(
      (await stored(page)).includes(created.owner_key),
      false,
      'the key is remembered on demand only',
    );
    await page.getByRole('button', { name: 'Save changes' }).click();
    await page.getByText(/^Saved/).waitFor();
    await hasFocus(page.getByRole('button', { name: 'Save changes' }), 'the button that saved');
    assert.doesNotMatch(await stored(page), /sluice\.draft/);
  });

  test('the title picker: no samples under another name, arrow keys, Enter, Escape', async () => {
    await using opened = await open();
    const { page, complaints } = opened;
    await page.getByText(/^Sintel: 20 of 20 streams shown/).waitFor();
    await page.getByRole('radio', { name: 'A film', exact: true }).check({ force: true });
    await page.getByText('Choose a title to see its streams.').waitFor();
    assert.equal(
      await page.getByRole('list', { name: 'Streams shown' }).count(),
      0,
      'the samples are gone at once',
    );
    const field = page.getByRole('combobox', { name: 'Film', exact: true });
    const options = page.getByRole('listbox', { name: 'Film' }).getByRole('option');
    await field.focus();
    assert.equal(await field.getAttribute('aria-expanded'), 'false');
    await page.getByText(/of the catalogue: arrow keys choose/).waitFor();
    await page.keyboard.press('ArrowDown');
    await options.first().waitFor();
    assert.equal(await field.getAttribute('aria-expanded'), 'true');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    const marked = options.nth(1);
    assert.equal(await marked.getAttribute('aria-selected'), 'true');
    assert.equal(
      await field.getAttribute('aria-activedescendant'),
      await marked.getAttribute('id'),
    );
    await page.keyboard.press('Escape');
    assert.equal(await field.getAttribute('aria-expanded'), 'false');
    await page.keyboard.type('nosferatu');
    // Enter before the answer is there takes the first of the answer, not of the list before it.
    await page.keyboard.press('Enter');
    await page.getByText(/^Nosferatu.*streams shown/).waitFor();
    assert.equal(await field.inputValue(), 'Nosferatu (1922)');
    await hasFocus(field, 'the field keeps the focus');
    await shot(page, 'title-picked');
    await page.getByRole('radio', { name: 'Samples', exact: true }).check({ force: true });
    await page.getByText(/^Sintel: 20 of 20 streams shown/).waitFor();
    assert.deepEqual(complaints, []);
  });

  test('the focus goes to what was added, and stays among the rows when one is removed', async () => {
    await using opened = await open();
    const { page } = opened;
    await switchEverythingOn(page);
    await page.getByRole('button', { name: 'Add pattern' }).focus();
    await page.keyboard.press('Enter');
    await hasFocus(page.getByRole('textbox', { name: 'Pattern 1' }), 'the first pattern');
    await page.getByRole('button', { name: 'Add pattern' }).click();
    await hasFocus(page.getByRole('textbox', { name: 'Pattern 2' }), 'the second pattern');
    await page.getByRole('button', { name: 'Remove pattern 1' }).click();
    await hasFocus(
      page.getByRole('button', { name: 'Remove pattern 1' }),
      'the one that took its place',
    );
    await page.getByRole('button', { name: 'Remove pattern 1' }).click();
    await hasFocus(page.getByRole('button', { name: 'Add pattern' }), 'none is left');

    await page.getByLabel('Service to add').selectOption({ label: 'TorBox' });
    await page.getByRole('button', { name: 'Add provider' }).click();
    await hasFocus(page.getByLabel('API token'), 'the first credential');
    await page.getByRole('button', { name: 'Remove TorBox' }).click();
    await hasFocus(page.getByLabel('Service to add'), 'no provider is left');

    await page.getByLabel('Sort key to add').selectOption({ label: 'HDR' });
    await page.getByRole('button', { name: 'Add sort key' }).click();
    await hasFocus(page.getByLabel('Direction of HDR'), 'the new sort key');
    await page.getByRole('button', { name: 'Remove HDR' }).click();
    await hasFocus(page.getByRole('button', { name: 'Remove Date added' }), 'the one before');

    const torznab = page
      .locator('details')
      .filter({ has: page.locator('summary', { hasText: 'Torznab' }) });
    await torznab.locator('summary').first().click();
    await torznab.getByRole('button', { name: 'Add Torznab indexer' }).click();
    await hasFocus(torznab.getByLabel('Name', { exact: true }), 'the name of the indexer');

    await page.getByRole('button', { name: 'Add French' }).focus();
    await page.keyboard.press('Enter');
    await hasFocus(page.getByRole('button', { name: 'Add Georgian' }), 'the next language');
    await page.getByText(/^French added, place 1/).waitFor();
  });

  test('a minimum above the maximum is told at its field, and nothing can be installed with it', async () => {
    await using opened = await open();
    const { page } = opened;
    await page.getByLabel('Largest film').fill('2');
    await page.getByLabel('Smallest film').fill('5');
    const field = page.getByLabel('Smallest film');
    await page
      .locator('#f-mns-problem')
      .getByText('is above the largest (2.00 GB): nothing would be shown')
      .waitFor();
    assert.equal(await field.getAttribute('aria-invalid'), 'true');
    assert.match((await field.getAttribute('aria-describedby')) ?? '', /f-mns-problem/);
    await page.getByRole('group', { name: 'Problems' }).getByText('Smallest film').waitFor();
    assert.equal(
      await page
        .getByRole('link', { name: 'Install in Stremio', exact: true, disabled: false })
        .count(),
      0,
    );
    await page.getByLabel('Largest film').fill('6');
    await page.locator('#f-mns-problem').waitFor({ state: 'detached' });
    await ready(page);
  });

  test('an address that was cut is called incomplete', async () => {
    await using opened = await open();
    const { page } = opened;
    await page.getByLabel('Most streams').fill('9');
    await ready(page);
    const url = await page.getByLabel('Install URL', { exact: true }).inputValue();
    const secret = /S-[\w-]+/.exec(url)?.[0] ?? '';
    const cuts = [
      url.replace('/manifest.json', '').slice(0, -4),
      `${app.baseUrl}/S-A`,
      'U-01234567-89ab',
      `${app.baseUrl}/${secret.slice(0, 12)}/manifest.json`,
    ];
    for (const cut of cuts) {
      await page.getByLabel('Install URL or secret').fill(cut);
      await page.getByRole('button', { name: 'Load settings', exact: true }).click();
      await page
        .locator('#existing-problem')
        .getByText(/incomplete/)
        .waitFor();
      assert.equal(
        await page.getByLabel('Most streams').inputValue(),
        '9',
        'the input is as it was',
      );
    }
  });

  test("languages: sorted, the reader's first, in an order that the keyboard changes and the streams follow", async () => {
    await using opened = await open();
    const { page } = opened;
    const offered = page.getByRole('list', { name: 'Languages to add' }).getByRole('button');
    const names = (await offered.allTextContents()).map((name) => name.trim());
    assert.equal(names[0], 'English', 'the language of this browser');
    assert.equal(names.at(-1), 'Unknown');
    assert.deepEqual(
      names.slice(1, -1),
      names.slice(1, -1).toSorted((a, b) => a.localeCompare(b, 'en')),
    );
    for (const name of ['English', 'French'])
      await page.getByRole('button', { name: `Add ${name}` }).click();
    await page.getByRole('button', { name: 'Sort by language first' }).click();
    const first = page
      .getByRole('list', { name: 'Streams shown' })
      .locator('.stream-description')
      .first();
    await first.filter({ hasText: /English/ }).waitFor();
    await page.getByRole('button', { name: 'Reorder French' }).focus();
    await page.keyboard.press('ArrowUp');
    await first.filter({ hasText: /French/ }).waitFor();
    await hasFocus(
      page.getByRole('button', { name: 'Reorder French' }),
      'the handle that moved it',
    );
    assert.match(await sortKeys(page).ariaSnapshot(), /Direction of Language/);
  });

  test('presets: what they change is told, goes together, and can be undone', async () => {
    await using opened = await open();
    const { page, complaints } = opened;
    await page.getByLabel('Name suffix').fill('Mine');
    await page.getByRole('button', { name: /^Family/ }).click();
    await page.getByRole('button', { name: /^Phone, small files/ }).click();
    const notice = page.locator('.replaced');
    await notice.getByText('Largest film: 4 GB').waitFor();
    assert.equal(
      await page.getByRole('button', { name: /^Phone, small files/ }).getAttribute('aria-pressed'),
      'true',
    );
    assert.equal(
      await page.getByRole('button', { name: /^Family/ }).getAttribute('aria-pressed'),
      'true',
    );
    assert.equal(await page.getByLabel('Largest film').inputValue(), '4');
    await page.getByLabel('Streams in').selectOption('German');
    await notice.getByText('Languages: German').waitFor();
    await page.getByRole('button', { name: 'Undo German alone' }).click();
    assert.equal(await page.getByLabel('Streams in').inputValue(), '');
    await page.getByRole('button', { name: /^4K home cinema/ }).click();
    assert.equal(
      await page.getByLabel('Largest film').inputValue(),
      '',
      'a preset takes back what another of its row has set',
    );
    // What is changed afterwards, elsewhere, is not undone with it.
    await page.getByRole('button', { name: 'Add pattern' }).click();
    await page.keyboard.type('cam');
    await page.getByRole('button', { name: 'Undo 4K home cinema' }).click();
    assert.equal(await page.getByLabel('Largest film').inputValue(), '4');
    assert.equal(await page.getByRole('textbox', { name: 'Pattern 1' }).inputValue(), 'cam');
    assert.equal(await page.getByLabel('Name suffix').inputValue(), 'Mine');
    await shot(page, 'presets');
    assert.deepEqual(complaints, []);
  });

  test('a settings file: without credentials unless they are wanted, checked before anything changes', async () => {
    await using opened = await open();
    const { page } = opened;
    await switchEverythingOn(page);
    await page.getByLabel('Most streams').fill('12');
    await page.getByRole('button', { name: 'Add provider' }).click();
    await page.getByLabel('API token').fill('typed-and-secret');
    const save = async (name: string) => {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Save settings as a file' }).click(),
      ]);
      assert.equal(download.suggestedFilename(), 'sluice-settings.json');
      await download.saveAs(join(folder, name));
      return readFile(join(folder, name), 'utf8');
    };
    assert.doesNotMatch(await save('without.json'), /typed-and-secret/);
    await page.getByText('Saved without one credential').waitFor();
    await page.getByLabel('With the credentials that were typed here').check({ force: true });
    assert.match(await save('with.json'), /typed-and-secret/);

    const choose = (name: string) =>
      page.locator('input[type=file]').setInputFiles(join(folder, name));
    const good = JSON.parse(await readFile(join(folder, 'with.json'), 'utf8')) as object;
    const bad = [
      ['cut.json', JSON.stringify(good).slice(0, 40), /no JSON, or a part of it is missing/],
      ['other.json', '{"a":1}', /no settings file of Sluice/],
      [
        'newer.json',
        JSON.stringify({ ...good, version: 2 }),
        /of version 2, and this page reads version 1/,
      ],
      [
        'wrong.json',
        JSON.stringify({ ...good, settings: { mxs: 5000, mns: 9, ms: 1 } }),
        /Most streams \(mxs\): 5000 is not accepted.*Smallest film \(mns\): is above/,
      ],
    ] as const;
    await page.getByLabel('Most streams').fill('13');
    for (const [name, text, message] of bad) {
      await writeFile(join(folder, name), text);
      await choose(name);
      await page.getByRole('alert').getByText(message).waitFor();
      assert.equal(await page.getByLabel('Most streams').inputValue(), '13', name);
      assert.equal(await page.getByLabel('API token').inputValue(), 'typed-and-secret', name);
    }
    await choose('without.json');
    await page.getByText('without.json:').waitFor();
    assert.equal(await page.getByLabel('Most streams').inputValue(), '12');
    assert.equal(await page.getByLabel('API token').inputValue(), '');
    await choose('with.json');
    await page.getByText('with.json:', { exact: true }).waitFor();
    assert.equal(await page.getByLabel('API token').inputValue(), 'typed-and-secret');
    await page.getByRole('button', { name: 'Undo with.json' }).click();
    assert.equal(await page.getByLabel('API token').inputValue(), '');
  });
});
