/** Settings stored on the server: made once, saved again with the owner's key, revoked when they are not wanted any more. */
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { createProfile } from '../api/calls.ts';
import { configToSend } from '../lib/config.ts';
import { clearDraft } from '../state/draft.ts';
import { dispatch, editorState, useEditor } from '../state/editor-store.ts';
import { changeThenFocus } from '../state/focus.ts';
import { showSecret } from '../state/load-secret.ts';
import { useOptions, useProblems } from '../state/page-context.ts';
import { InstallLinks } from './install-links.tsx';
import { OwnerKeyOnce } from './owner-key-once.tsx';
import { ProfileActions } from './profile-actions.tsx';

export function ProfileInstall() {
  const source = useEditor((state) => state.source);
  const profile = source?.kind === 'profile' ? source.secret : null;
  const [created, setCreated] = useState<string | null>(null);
  if (profile === null) return <CreateProfile onCreated={setCreated} />;
  const ownerKey = source?.ownerKey ?? '';
  return (
    <div className="stack">
      {created === profile && <OwnerKeyOnce profile={profile} ownerKey={ownerKey} />}
      <ProfileActions profile={profile} ownerKey={ownerKey} />
      <InstallLinks secret={profile} isReady />
    </div>
  );
}

function CreateProfile({ onCreated }: { readonly onCreated: (profile: string) => void }) {
  const { defaults } = useOptions();
  const hasProblems = useProblems().length > 0;
  const create = useMutation({
    mutationFn: async () => {
      const { config, source } = editorState();
      const { profile, owner_key: ownerKey } = await createProfile(
        configToSend(config, defaults),
        source,
      );
      return { config, profile, ownerKey };
    },
    onSuccess: ({ config, profile, ownerKey }) => {
      clearDraft();
      changeThenFocus(
        () => {
          onCreated(profile);
          dispatch({
            type: 'saved',
            config,
            source: { secret: profile, kind: 'profile', ownerKey },
          });
        },
        () => document.getElementById('owner-key-once'),
      );
      showSecret(profile);
    },
  });
  return (
    <div className="stack">
      <p>
        <button
          type="button"
          className="button primary"
          disabled={hasProblems || create.isPending}
          onClick={() => create.mutate()}
        >
          Create stored profile
        </button>
      </p>
      {create.isError && (
        <p className="problem" role="alert">
          {create.error.message}
        </p>
      )}
    </div>
  );
}
