/** Back to what was opened: the settings of the page's address, or the defaults. */
import { pageLocation } from '../lib/install-link.ts';
import { clearDraft } from './draft.ts';
import { dispatch, editorState } from './editor-store.ts';
import { loadSecret } from './load-secret.ts';

/** Without an address it can be undone. @throws ApiError when the address cannot be read again: nothing is lost then */
export async function startOver(): Promise<void> {
  const { secret } = pageLocation(location.pathname);
  const { saved, source } = editorState();
  const ownerKey = source?.ownerKey;
  if (secret === null) dispatch({ type: 'replace', label: 'Start over', config: saved });
  else await loadSecret(secret, ownerKey === undefined ? {} : { ownerKey });
  clearDraft();
}
