/** Opens an install address in the editor, and lets the page's own address say so: a reload keeps it. */
import { openSecret } from '../api/calls.ts';
import { pageLocation } from '../lib/install-link.ts';
import { dispatch } from './editor-store.ts';

/** @throws ApiError when the server cannot read it */
export async function loadSecret(secret: string, signal?: AbortSignal): Promise<void> {
  const { data, kind } = await openSecret(secret, signal);
  dispatch({ type: 'load', config: data, source: { secret, kind } });
  showSecret(secret);
}

/** @param secret null: the page without a configuration */
export function showSecret(secret: string | null): void {
  const { basePath } = pageLocation(location.pathname);
  const path = `${basePath}${secret === null ? '' : `/${secret}`}/configure`;
  if (path !== location.pathname) history.replaceState(null, '', path + location.hash);
}
