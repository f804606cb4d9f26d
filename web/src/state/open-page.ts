/** What the page begins with: the settings of its address, and what was edited in this tab before it was reloaded. */
import type { TextPaths } from '../lib/credentials.ts';
import { restoreDraft, restoreOwnDraft } from './draft.ts';
import { loadSecret } from './load-secret.ts';

/**
 * @param secret in the page's address; null: there is none
 * @throws ApiError when the server cannot read it, or not without the owner's key
 */
export async function openPage(
  secret: string | null,
  paths: TextPaths,
  signal: AbortSignal,
): Promise<void> {
  if (secret?.startsWith('U-') === true) {
    await loadSecret(secret, { signal });
    restoreOwnDraft(paths);
    return;
  }
  const isRestored = await restoreDraft(paths, signal);
  if (!isRestored && secret !== null) await loadSecret(secret, { signal });
}
