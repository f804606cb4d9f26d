/** An exception video in a real browser. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { DESKTOP, launchBrowser, shot, skipWithoutChromium } from '../support/browser.ts';
import { startApp, type RunningApp } from '../support/start-app.ts';

/** Plays the video of the page to its end; what the events said, or the error's text. */
const PLAY = `new Promise((resolve) => {
  const video = document.createElement('video');
  const events = [];
  for (const name of ['canplay', 'playing', 'ended'])
    video.addEventListener(name, () => events.push(name), { once: true });
  video.addEventListener('error', () => resolve({ error: video.error.message }));
  video.addEventListener('ended', () =>
    resolve({ events, width: video.videoWidth, height: video.videoHeight, durationS: video.duration }));
  video.muted = true;
  video.playbackRate = 4;
  video.src = '/static/exceptions/episode_not_found.mp4';
  document.body.replaceChildren(video);
  video.play().catch((error) => resolve({ error: String(error) }));
})`;

describe('an exception video', { skip: skipWithoutChromium }, () => {
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

  test('plays from its first to its last second', async () => {
    const page = await browser.newPage({ viewport: DESKTOP });
    // A page of the same origin whose policy does not forbid videos.
    await page.goto(`${app.baseUrl}/manifest.json`);
    const played = await page.evaluate(PLAY);
    await shot(page, 'exception-video');
    assert.deepEqual(played, {
      events: ['canplay', 'playing', 'ended'],
      width: 1920,
      height: 1080,
      durationS: 5,
    });
  });
});
