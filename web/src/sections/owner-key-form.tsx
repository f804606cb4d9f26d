/** Asks for the owner's key of a stored profile, and loads the profile with it. */
import { useMutation } from '@tanstack/react-query';
import { useId, useState, type SubmitEvent } from 'react';
import { restoreOwnDraft } from '../state/draft.ts';
import { loadSecret } from '../state/load-secret.ts';
import { rememberOwnerKey } from '../state/owner-keys.ts';
import { useOptions } from '../state/page-context.ts';
import { Switch } from '../ui/switch.tsx';

interface Props {
  readonly profile: string;
  readonly onLoaded?: () => void;
}

export function OwnerKeyForm({ profile, onLoaded }: Props) {
  const id = useId();
  const { textPaths } = useOptions();
  const [text, setText] = useState('');
  const [isRemembered, setRemembered] = useState(false);
  const unlock = useMutation({
    mutationFn: async (ownerKey: string) => {
      await loadSecret(profile, { ownerKey });
      restoreOwnDraft(textPaths);
      if (isRemembered) rememberOwnerKey(profile, ownerKey);
    },
    ...(onLoaded === undefined ? {} : { onSuccess: onLoaded }),
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    unlock.mutate(text.trim());
  };
  return (
    <form className="stack" onSubmit={submit}>
      <p className="hint">
        This is a stored profile. Enter the owner key that you got when you made it to see its
        settings, to change or to revoke it.
      </p>
      <div className="add-row">
        <div className="field grow">
          <label className="field-label" htmlFor={id}>
            Owner key
          </label>
          <input
            id={id}
            className="input"
            type="password"
            value={text}
            autoComplete="off"
            spellCheck={false}
            aria-invalid={unlock.isError || undefined}
            aria-describedby={unlock.isError ? `${id}-problem` : undefined}
            onChange={({ target }) => setText(target.value)}
          />
        </div>
        <button type="submit" className="button" disabled={text.trim() === '' || unlock.isPending}>
          Use owner key
        </button>
      </div>
      {unlock.isError && (
        <p className="problem" id={`${id}-problem`} role="alert">
          {unlock.error.message}
        </p>
      )}
      <Switch
        id={`${id}-remember`}
        label="Remember it in this browser"
        checked={isRemembered}
        onChange={setRemembered}
      />
    </form>
  );
}
