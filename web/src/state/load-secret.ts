/** Opens an install address in the editor, and lets the page's own address say so: a reload keeps it. */
import { openSecret } from '../api/calls.ts';
import { ApiError } from '../api/http.ts';
import { pageLocation } from '../lib/install-link.ts';
import { dispatch } from './editor-store.ts';
import { rememberedOwnerKey } from './owner-keys.ts';

interface LoadOptions {
  /** Of a stored profile; the one that this browser remembers when left out. */
  readonly ownerKey?: string;
  readonly signal?: AbortSignal;
}

/** @throws ApiError when the server cannot read it, or not without the owner's key (`needsOwnerKey`) */
export async function loadSecret(
  secret: string,
  { ownerKey, signal }: LoadOptions = {},
): Promise<void> {
  const key = ownerKey ?? rememberedOwnerKey(secret);
  const { data, kind } = await openSecret(secret, key, signal);
  dispatch({
    type: 'load',
    config: data,
    source: { secret, kind, ...(key === null ? {} : { ownerKey: key }) },
  });
  showSecret(secret);
}

export function needsOwnerKey(error: Error): boolean {
  return error instanceof ApiError && error.code === 'profile.wrong-key';
}

/** @param secret null: the page without a configuration */
export function showSecret(secret: string | null): void {
  const { basePath } = pageLocation(location.pathname);
  const path = `${basePath}${secret === null ? '' : `/${secret}`}/configure`;
  if (path !== location.pathname) history.replaceState(null, '', path + location.hash);
}
