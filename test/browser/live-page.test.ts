/**
 * The page of a live stream, in a real browser: ffmpeg sends a test picture, two viewers watch and chat, the owner sees the
 * bitrate and takes a message away, and the recording plays. `SLUICE_SCREENSHOTS=folder` keeps pictures.
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { poll } from '../../src/lib/async/wait.ts';
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

const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;
const TITLE = 'Test picture: an evening with a title that needs more than one line';
const skip = skipWithoutChromium || (hasFfmpeg ? false : 'needs ffmpeg');

describe('the page of a live stream', { skip }, () => {
  let app: RunningApp;
  let browser: Browser;
  let stream: { readonly id: string; readonly ownerKey: string };
  let encoder: ChildProcess | null = null;

  before(async () => {
    app = await startApp({ environment: { LIVE_CREATION_OPEN: 'true' } });
    browser = await launchBrowser();
    const made = await ask(`${app.baseUrl}/api/v1/live`, send('POST', { title: TITLE }));
    stream = { id: String(made.json['id']), ownerKey: String(made.json['ownerKey']) };
  });
  after(async () => {
    encoder?.kill('SIGKILL');
    await browser.close();
    await app[Symbol.asyncDispose]();
  });

  const url = () => `${app.baseUrl}/live/${stream.id}`;
  const sendPicture = () => {
    const picture = ['-re', '-f', 'lavfi', '-i', 'testsrc2=size=640x360:rate=15'];
    const coded = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', '15'];
    const hls = ['-f', 'hls', '-hls_time', '1', '-hls_list_size', '5', '-method', 'PUT'];
    const to = `${app.baseUrl}/live/${stream.id}/ingest/${stream.ownerKey}/index.m3u8`;
    encoder = spawn('ffmpeg', ['-loglevel', 'error', ...picture, ...coded, ...hls, to]);
  };
  const plays = async (page: Page) => {
    const before = await positionOf(page);
    return poll(async () => (await positionOf(page)) > before + 0.5, {
      everyMs: 200,
      timeoutMs: 60_000,
    });
  };
  const say = async (page: Page, name: string, text: string) => {
    await page.getByLabel('Your name').fill(name);
    await page.getByLabel('Message', { exact: true }).fill(text);
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByRole('log').getByText(text).waitFor();
  };

  test('two viewers wait, watch and chat; the owner takes a message away; then the recording plays', async () => {
    await using desktop = await openPage(browser, url(), DESKTOP, 'light');
    await using phone = await openPage(browser, url(), PHONE, 'dark');
    await desktop.page.getByText('The stream has not begun').waitFor();
    sendPicture();
    for (const { page } of [desktop, phone]) {
      await page.locator('video').waitFor();
      await page.evaluate('document.querySelector("video").muted = true');
      await poll(
        async () =>
          (await page.evaluate<number>('document.querySelector("video").readyState')) >= 2,
        {
          everyMs: 200,
          timeoutMs: 60_000,
        },
      );
      await page.evaluate('document.querySelector("video").play()');
      assert.ok(await plays(page), 'the picture moves');
    }
    await say(desktop.page, 'Anna', 'Is the picture moving?');
    await say(phone.page, 'Bert', 'Yes <b>it is</b>');
    await desktop.page.getByRole('log').getByText('Yes <b>it is</b>').waitFor();
    await phone.page.getByRole('log').getByText('Is the picture moving?').waitFor();
    await desktop.page.getByText(/Fetched: now \d+\.\d+ Mbit\/s/).waitFor();

    await desktop.page.getByText('I own this stream').click();
    await desktop.page.getByLabel('Owner key').fill(stream.ownerKey);
    await desktop.page.getByRole('button', { name: 'Use' }).click();
    await desktop.page.getByText(/Sent: now [\d.]+ Mbit\/s, average/).waitFor();
    await check(desktop.page, 'live-light-1280');
    await check(phone.page, 'live-dark-390');
    const titleShare = 'document.querySelector("h1").offsetWidth / document.body.clientWidth';
    assert.ok((await phone.page.evaluate<number>(titleShare)) > 0.9, 'a long title has the width');
    await desktop.page.getByRole('button', { name: 'Delete the message of Bert' }).click();
    for (const { page } of [desktop, phone])
      await page.getByRole('log').getByText('Yes').waitFor({ state: 'detached' });

    const headers = { 'x-owner-key': stream.ownerKey };
    encoder?.kill('SIGTERM');
    await ask(`${app.baseUrl}/api/v1/live/${stream.id}/end`, { method: 'POST', headers });
    await phone.page.getByText('The stream has ended, and its chat with it.').waitFor();
    assert.deepEqual([...desktop.complaints, ...phone.complaints], []);
  });

  test('the recording plays from its beginning, and goes on where it was left', async () => {
    await using opened = await openPage(browser, url(), PHONE, 'light');
    const { page, complaints } = opened;
    await page.getByText('Recording').waitFor();
    await page.evaluate('document.querySelector("video").muted = true');
    await poll(
      async () => (await page.evaluate<number>('document.querySelector("video").readyState')) >= 2,
      {
        everyMs: 200,
        timeoutMs: 60_000,
      },
    );
    const duration = await page.evaluate<number>('document.querySelector("video").duration');
    assert.ok(Number.isFinite(duration) && duration > 3, String(duration));
    assert.ok((await positionOf(page)) < 1);
    await page.evaluate('document.querySelector("video").play()');
    assert.ok(await plays(page));
    await check(page, 'recording-light-390');
    // The server keeps it for this browser's key, by which it is found again where nothing else is kept.
    const leftS = duration - 6;
    await page.evaluate(`document.querySelector("video").currentTime = ${leftS}`);
    await page.evaluate('document.querySelector("video").pause()');
    const key = String(await page.evaluate('localStorage.getItem("sluice.chat-key")'));
    const kept = () =>
      ask(`${app.baseUrl}/api/v1/vod/${stream.id}/position`, { headers: { 'x-viewer-key': key } });
    const isKept = async () => Number((await kept()).json['seconds']) >= Math.floor(leftS);
    assert.ok(await poll(isKept, { everyMs: 200, timeoutMs: 20_000 }), (await kept()).text);
    await page.evaluate(`localStorage.removeItem("sluice.position.${stream.id}")`);
    await page.reload();
    await page.locator('video').waitFor();
    const isFound = async () => (await positionOf(page)) >= Math.floor(leftS);
    assert.ok(await poll(isFound, { everyMs: 200, timeoutMs: 60_000 }), 'it goes on where it was');
    assert.deepEqual(complaints, []);
  });

  test('a stream that there is not is said to be none', async () => {
    const none = `${app.baseUrl}/live/00000000-0000-4000-8000-000000000000`;
    await using opened = await openPage(browser, none);
    await opened.page.getByRole('heading', { name: 'This stream cannot be shown' }).waitFor();
    await opened.page.getByText('there is no live stream').waitFor();
  });
});

function positionOf(page: Page): Promise<number> {
  return page.evaluate<number>('document.querySelector("video").currentTime');
}

/** Readable, named, and not wider than the window. */
async function check(page: Page, name: string): Promise<void> {
  assert.deepEqual(await page.evaluate<readonly string[]>(POOR_CONTRASTS), []);
  assert.deepEqual(await page.evaluate<readonly string[]>(NAMELESS_CONTROLS), []);
  const overflow = await page.evaluate<number>(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  );
  assert.ok(overflow <= 0, `${overflow} px too wide`);
  await shot(page, name);
}
