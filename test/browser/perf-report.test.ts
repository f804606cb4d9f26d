/**
 * The performance report in a real browser: it asks for nothing, fits a phone, and no text lies over another or leaves its box.
 * `SLUICE_SCREENSHOTS=folder` keeps pictures in light, dark and at phone size.
 */
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { buildModel } from '../../perf/report/model.ts';
import { renderPage } from '../../perf/report/page.ts';
import { parseResult } from '../../perf/report/read-result.ts';
import type { PerfResult } from '../../perf/result.ts';
import {
  DESKTOP,
  launchBrowser,
  openPage,
  PHONE,
  skipWithoutChromium,
} from '../support/browser.ts';
import { POOR_CONTRASTS } from '../support/page-checks.ts';
import { sampleCapacity, sampleComparison, sampleResult } from '../support/perf-result.ts';

const LONG =
  'a scenario with quite a long name <script>alert(1)</script> that goes on and-on-without-end'.repeat(
    2,
  );

/** Long names everywhere, figures at both ends of what is accepted. */
function awkwardResult(): PerfResult {
  const { scenarios, ...rest } = sampleResult(4);
  return {
    ...rest,
    command: `npm run perf -- ${'x'.repeat(300)}`,
    scenarios: scenarios.map((scenario, index) => ({
      ...scenario,
      name: `${index} ${LONG}`,
      description: LONG,
      warnings: [LONG.replaceAll(' ', '_')],
      checks: scenario.checks.map((check) => ({
        ...check,
        name: LONG,
        unit: 'requests each and every second',
        value: 1e15,
      })),
      phases: scenario.phases.map((phase) => ({
        ...phase,
        name: LONG,
        rounds: phase.rounds.map((round, at) => ({
          ...round,
          requestsPerS: at === 0 ? 1e15 : 0,
          server: { ...round.server, cpuMicrosPerRequest: 0 },
        })),
      })),
    })),
  };
}

const REPORTS: Readonly<Record<string, readonly PerfResult[]>> = {
  one: [sampleResult(1)],
  pair: [sampleResult(1), sampleResult(2, 1.2)],
  others: [sampleComparison()],
  'pair-of-others': [sampleComparison(), sampleComparison()],
  capacity: [sampleCapacity()],
  awkward: [awkwardResult(), awkwardResult()],
};

/** Labels of a chart that lie over one another or leave it. */
const CROWDED_LABELS = `
[...document.querySelectorAll('figure svg')].flatMap((svg) => {
  const title = svg.getAttribute('aria-label');
  const box = svg.getBoundingClientRect();
  const texts = [...svg.querySelectorAll('text')].map((text) => ({ text: text.firstChild.textContent, box: text.getBoundingClientRect() }));
  const outside = texts.filter(({ box: own }) => (
    own.left < box.left - 1 || own.right > box.right + 1 || own.top < box.top - 1 || own.bottom > box.bottom + 1));
  const over = texts.flatMap((a, index) => texts.slice(index + 1).filter((b) => (
    a.box.left < b.box.right - 1 && b.box.left < a.box.right - 1 && a.box.top < b.box.bottom - 3 && b.box.top < a.box.bottom - 3
  )).map((b) => title + ': "' + a.text + '" and "' + b.text + '"'));
  return [...outside.map(({ text }) => title + ': "' + text + '" leaves the chart'), ...over];
})`;

/** Elements whose text is wider than they are, but those that scroll. */
const OVERFLOWING = `
[...document.querySelectorAll('body *')].filter((element) => (
  element.closest('svg, caption') === null && !element.classList.contains('scroll') && element.scrollWidth > element.clientWidth + 1
  && getComputedStyle(element).display !== 'inline' && element.clientWidth > 0
)).map((element) => element.tagName + ' ' + element.textContent.slice(0, 60))`;

const OPEN_ALL = `for (const details of document.querySelectorAll('details')) details.open = true`;

describe('the performance report', { skip: skipWithoutChromium }, () => {
  let browser: Browser;
  let server: Server;
  let baseUrl = '';
  let asked: string[] = [];

  before(async () => {
    const pages = new Map(
      Object.entries(REPORTS).map(([name, results]) => [
        `/${name}`,
        renderPage(buildModel(results.map((result) => parseResult(result, name)))),
      ]),
    );
    server = createServer(({ url = '' }, response) => {
      asked.push(url);
      response.setHeader('content-type', 'text/html; charset=utf-8').end(pages.get(url) ?? '');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    baseUrl = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
    browser = await launchBrowser();
  });
  after(async () => {
    await browser.close();
    server.closeAllConnections();
    server.close();
  });

  const shot = async (page: Page, name: string) => {
    const folder = process.env['SLUICE_SCREENSHOTS'];
    if (folder === undefined) return;
    await mkdir(folder, { recursive: true });
    await page.screenshot({ path: join(folder, `perf-report-${name}.png`) });
  };

  for (const name of Object.keys(REPORTS)) {
    test(`${name}: no errors, no requests, no crowded labels, on a desktop and on a phone, light and dark`, async () => {
      for (const [mode, viewport, colours] of [
        ['light', DESKTOP, 'light'],
        ['dark', DESKTOP, 'dark'],
        ['phone', PHONE, 'light'],
      ] as const) {
        asked = [];
        await using opened = await openPage(browser, `${baseUrl}/${name}`, viewport, colours);
        const { page, complaints } = opened;
        await shot(page, `${name}-${mode}`);
        await page.evaluate(OPEN_ALL);
        assert.deepEqual(await page.evaluate(CROWDED_LABELS), [], mode);
        assert.deepEqual(await page.evaluate(OVERFLOWING), [], mode);
        assert.deepEqual(await page.evaluate(POOR_CONTRASTS), [], mode);
        assert.equal(
          await page.evaluate('document.documentElement.scrollWidth'),
          viewport.width,
          'the page does not scroll sideways',
        );
        assert.deepEqual([asked, complaints], [[`/${name}`], []]);
      }
    });
  }

  test('every chart has a name and its figures as a table, every table a caption', async () => {
    await using opened = await openPage(browser, `${baseUrl}/pair`);
    const { page } = opened;
    const charts = page.locator('figure');
    assert.ok((await charts.count()) > 20);
    assert.equal(
      await page.locator('figure > svg[role=img][aria-label]').count(),
      await charts.count(),
    );
    assert.equal(await page.locator('figure > details table').count(), await charts.count());
    assert.equal(
      await page.locator('table > caption').count(),
      await page.locator('table').count(),
    );
    await charts.first().getByText('As a table').click();
    await charts.first().getByRole('columnheader', { name: 'Verdict' }).waitFor();
    const links = await page
      .locator('nav a')
      .evaluateAll((all) => all.map((link) => link.getAttribute('href') ?? ''));
    for (const link of links) assert.equal(await page.locator(link).count(), 1, link);
  });

  test('on paper it is dark on white, whatever the screen is', async () => {
    await using opened = await openPage(browser, `${baseUrl}/one`, DESKTOP, 'dark');
    await opened.page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    assert.equal(
      await opened.page.evaluate('getComputedStyle(document.body).backgroundColor'),
      'rgb(255, 255, 255)',
    );
    assert.deepEqual(await opened.page.evaluate(POOR_CONTRASTS), []);
  });
});
