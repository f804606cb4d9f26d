/** Keeps what is being edited over a reload of the tab, for each address of the page apart. */
import { useEffect, useRef } from 'react';
import { openSecret } from '../api/calls.ts';
import { ApiError } from '../api/http.ts';
import { useSealed, useSentConfig } from '../api/queries.ts';
import { draftText, parseDraft, configOfDraft, type Sealed } from '../lib/draft.ts';
import type { TextPaths } from '../lib/credentials.ts';
import type { JsonObject } from '../lib/json.ts';
import { pageLocation } from '../lib/install-link.ts';
import { readOfTab, writeOfTab } from './browser-storage.ts';
import { dispatch, editorState, useEditor } from './editor-store.ts';
import { useOptions } from './page-context.ts';

/** Forgets the draft of the page's present address: its content is saved, installed or not wanted. */
export function clearDraft(): void {
  writeOfTab(draftKey(), null);
}

/**
 * Puts the draft of the page's address into the editor, with the credentials that the server has sealed.
 * @returns whether there was one
 * @throws ApiError when the server does not answer for the credentials in it
 */
export async function restoreDraft(paths: TextPaths, signal: AbortSignal): Promise<boolean> {
  const draft = parseDraft(readOfTab(draftKey()));
  if (draft === null) return false;
  const masked = draft.sealed === null ? null : await maskedOf(draft.sealed, signal);
  const source =
    draft.sealed === null || masked === null
      ? draft.source
      : ({ secret: draft.sealed, kind: 'token' } as const);
  dispatch({ type: 'restore', source, ...configOfDraft(draft, masked, paths) });
  return true;
}

/**
 * The same over a stored profile that was loaded just now. It is saved against what is stored of it, where
 * credentials that were only sealed are not known: those are lost.
 */
export function restoreOwnDraft(paths: TextPaths): void {
  const { source } = editorState();
  const draft = parseDraft(readOfTab(draftKey()));
  if (draft !== null && source !== null)
    dispatch({ type: 'restore', source, ...configOfDraft(draft, null, paths) });
}

/** Null when the server cannot read it any more: its keys were changed. */
async function maskedOf(sealed: string, signal: AbortSignal): Promise<JsonObject | null> {
  try {
    return (await openSecret(sealed, null, signal)).data;
  } catch (error) {
    if (error instanceof ApiError && error.code === 'config.bad-token') return null;
    throw error;
  }
}

/** Writes the draft with each change. */
export function useDraft(): void {
  const { textPaths } = useOptions();
  const edited = useEditor(({ config }) => config);
  const source = useEditor((state) => state.source);
  const isChanged = useEditor(({ config, saved }) => config !== saved);
  const { config: sent } = useSentConfig();
  const { data, isCurrent } = useSealed();
  const sealed = useRef<Sealed | null>(null);
  const secret = isCurrent ? data?.encrypted_str : undefined;
  if (secret !== undefined && sealed.current?.secret !== secret)
    sealed.current = { config: sent, secret };
  useEffect(() => {
    if (isChanged) writeOfTab(draftKey(), draftText(edited, source, sealed.current, textPaths));
  }, [edited, source, isChanged, secret, textPaths]);
}

function draftKey(): string {
  return `sluice.draft.${pageLocation(location.pathname).secret ?? 'new'}`;
}
