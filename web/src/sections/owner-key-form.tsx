/** Asks for the owner's key of a stored profile that was loaded, and tries it. */
import { useMutation } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import { readProfile } from '../api/calls.ts';
import { rememberOwnerKey } from '../state/owner-keys.ts';
import { Switch } from '../ui/switch.tsx';

interface Props {
  readonly profile: string;
  readonly onKey: (ownerKey: string) => void;
}

export function OwnerKeyForm({ profile, onKey }: Props) {
  const [text, setText] = useState('');
  const [isRemembered, setRemembered] = useState(false);
  const unlock = useMutation({
    mutationFn: async (ownerKey: string) => {
      await readProfile(profile, ownerKey);
      return ownerKey;
    },
    onSuccess: (ownerKey) => {
      if (isRemembered) rememberOwnerKey(profile, ownerKey);
      onKey(ownerKey);
    },
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    unlock.mutate(text.trim());
  };
  return (
    <form className="stack" onSubmit={submit}>
      <p className="hint">To save changes to this profile, or to revoke it, enter the owner key that you got when you made it.</p>
      <div className="add-row">
        <div className="field grow">
          <label className="field-label" htmlFor="owner-key">Owner key</label>
          <input
            id="owner-key" className="input" type="password" value={text} autoComplete="off" spellCheck={false}
            aria-invalid={unlock.isError || undefined} aria-describedby={unlock.isError ? 'owner-key-problem' : undefined}
            onChange={({ target }) => setText(target.value)}
          />
        </div>
        <button type="submit" className="button" disabled={text.trim() === '' || unlock.isPending}>Use owner key</button>
      </div>
      {unlock.isError && <p className="problem" id="owner-key-problem" role="alert">{unlock.error.message}</p>}
      <Switch id="remember-owner-key" label="Remember it in this browser" checked={isRemembered} onChange={setRemembered} />
    </form>
  );
}
