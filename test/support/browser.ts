/** Debian's Chromium, driven by playwright-core; tests skip where it is not installed. */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';

const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = PATHS.find((path) => existsSync(path));

export const skipWithoutChromium = executablePath === undefined ? 'needs chromium' : false;

export const DESKTOP = { width: 1280, height: 900 };
export const PHONE = { width: 390, height: 844 };

export interface OpenPage extends AsyncDisposable {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What went wrong in the page, and requests that left this machine; empty when all is well. */
  readonly complaints: readonly string[];
}

/** One browser for a test file. */
export function launchBrowser(): Promise<Browser> {
  // Tests run as root in containers, where the sandbox has no namespaces to use.
  return chromium.launch({
    executablePath: executablePath ?? '',
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
}

/** A page of its own storage. */
export async function openPage(
  browser: Browser,
  url: string,
  viewport = DESKTOP,
  colorScheme: 'light' | 'dark' = 'light',
): Promise<OpenPage> {
  const context = await browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce' });
  const page = await context.newPage();
  const complaints: string[] = [];
  const { origin } = new URL(url);
  page.setDefaultTimeout(60_000);
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (!request.url().startsWith(`${origin}/`) && !request.url().startsWith('data:'))
      complaints.push(`asked ${request.url()}`);
  });
  await page.goto(url);
  await page.getByRole('heading', { level: 1 }).waitFor();
  return { page, context, complaints, [Symbol.asyncDispose]: () => context.close() };
}

/** Keeps a picture of the whole page in the folder of SLUICE_SCREENSHOTS; does nothing where that is not set. */
export async function shot(page: Page, name: string): Promise<void> {
  const folder = process.env['SLUICE_SCREENSHOTS'];
  if (folder === undefined) return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}
