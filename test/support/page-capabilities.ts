/** The configure page as it will be when everything works: the server's table, with every row switched on. */
import type { Page } from 'playwright-core';

interface Options {
  readonly capabilities: Readonly<Record<string, boolean>>;
  readonly providers: readonly object[];
  readonly streamTypes: readonly object[];
}

/** Reloads the page with a table in which everything is available. */
export async function switchEverythingOn(page: Page): Promise<void> {
  await page.route('**/configure/options.json', async (route) => {
    const response = await route.fetch();
    const options = (await response.json()) as Options;
    const capabilities = Object.fromEntries(
      Object.keys(options.capabilities).map((name) => [name, true]),
    );
    const available = (entries: readonly object[]) =>
      entries.map((entry) => ({ ...entry, available: true }));
    await route.fulfill({
      response,
      json: {
        ...options,
        capabilities,
        providers: available(options.providers),
        streamTypes: available(options.streamTypes),
      },
    });
  });
  await page.reload();
  await page.getByRole('button', { name: 'Add provider' }).waitFor();
}
