/** What tests of the configure page wait for. */
import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';

/** Resolves when the settings can be installed. */
export function ready(page: Page): Promise<void> {
  return page.getByRole('button', { name: 'Copy URL' }).and(page.locator(':enabled')).waitFor();
}

export async function hasFocus(locator: Locator, what: string): Promise<void> {
  await locator.waitFor();
  assert.equal(
    await locator.evaluate((element) => element === element.ownerDocument.activeElement),
    true,
    what,
  );
}
