/** What an owner does with a stored profile: saves changes, revokes it. */
import { useMutation } from '@tanstack/react-query';
import { useRef } from 'react';
import { revokeProfile, updateProfile } from '../api/calls.ts';
import { configToSend } from '../lib/config.ts';
import { pageLocation } from '../lib/install-link.ts';
import { clearDraft } from '../state/draft.ts';
import { dispatch, editorState, useEditor } from '../state/editor-store.ts';
import { showSecret } from '../state/load-secret.ts';
import { rememberOwnerKey } from '../state/owner-keys.ts';
import { useOptions, useProblems } from '../state/page-context.ts';
import { Icon } from '../ui/icon.tsx';

interface Props {
  readonly profile: string;
  readonly ownerKey: string;
}

export function ProfileActions({ profile, ownerKey }: Props) {
  const { defaults, imports } = useOptions();
  const { basePath } = pageLocation(location.pathname);
  const isChanged = useEditor(({ config, saved }) => config !== saved);
  const hasProblems = useProblems().length > 0;
  const save = useMutation({
    mutationFn: async () => {
      const { config } = editorState();
      await updateProfile(profile, ownerKey, configToSend(config, defaults));
      clearDraft();
      dispatch({ type: 'saved', config, source: { secret: profile, kind: 'profile', ownerKey } });
    },
  });
  // Never `disabled`: the button has the focus when it has done its work.
  const canSave = isChanged && !hasProblems && !save.isPending;
  return (
    <div className="stack">
      <div className="install-actions">
        <button
          type="button"
          className="button primary"
          aria-disabled={!canSave}
          onClick={() => canSave && save.mutate()}
        >
          Save changes
        </button>
        <Revoke profile={profile} ownerKey={ownerKey} />
        {imports !== 'off' && (
          <a className="button" href={`${basePath}/${profile}/import`}>
            <Icon name="upload" />
            Import streams
          </a>
        )}
      </div>
      <p role="status" className="hint">
        {statusText(isChanged, save.isPending, save.isSuccess)}
      </p>
      {save.isError && (
        <p className="problem" role="alert">
          {save.error.message}
        </p>
      )}
    </div>
  );
}

function statusText(isChanged: boolean, isSaving: boolean, wasSaved: boolean): string {
  if (isSaving) return 'Saving…';
  if (isChanged) return 'There are changes that are not saved.';
  return wasSaved
    ? 'Saved: streams of every install follow at once.'
    : 'The profile is as it is stored.';
}

function Revoke({ profile, ownerKey }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const revoke = useMutation({
    mutationFn: () => revokeProfile(profile, ownerKey),
    onSuccess: () => {
      rememberOwnerKey(profile, null);
      clearDraft();
      showSecret(null);
      dispatch({ type: 'load', config: {}, source: null });
      document.getElementById('main')?.focus();
    },
  });
  return (
    <>
      <button type="button" className="button danger" onClick={() => dialog.current?.showModal()}>
        Revoke profile
      </button>
      <dialog ref={dialog} className="dialog" aria-labelledby="revoke-title">
        <h3 id="revoke-title">Revoke this profile?</h3>
        <p>
          Every install of it stops working within 30 seconds, for good. Its settings are deleted.
        </p>
        {revoke.isError && (
          <p className="problem" role="alert">
            {revoke.error.message}
          </p>
        )}
        <div className="install-actions">
          <button type="button" className="button" onClick={() => dialog.current?.close()}>
            Keep it
          </button>
          <button
            type="button"
            className="button danger"
            disabled={revoke.isPending}
            onClick={() => revoke.mutate()}
          >
            Revoke for good
          </button>
        </div>
      </dialog>
    </>
  );
}
