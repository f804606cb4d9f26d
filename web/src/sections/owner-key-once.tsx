/** The owner's key right after a profile was made: the server keeps only a hash and never shows it again. */
import { useState } from 'react';
import { rememberedOwnerKey, rememberOwnerKey } from '../state/owner-keys.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { Switch } from '../ui/switch.tsx';

interface Props {
  readonly profile: string;
  readonly ownerKey: string;
}

export function OwnerKeyOnce({ profile, ownerKey }: Props) {
  const [isRemembered, setRemembered] = useState(() => rememberedOwnerKey(profile) !== null);
  const remember = (wanted: boolean) => {
    rememberOwnerKey(profile, wanted ? ownerKey : null);
    setRemembered(wanted);
  };
  return (
    <div className="notice is-important" role="group" aria-label="Owner key">
      <p>
        <strong>Keep this owner key: it is shown once.</strong> Whoever has it can change and revoke
        the profile.
      </p>
      <div className="add-row">
        <div className="field grow">
          <label className="field-label" htmlFor="owner-key-once">
            Your owner key
          </label>
          <input
            id="owner-key-once"
            className="input code"
            readOnly
            value={ownerKey}
            onFocus={({ target }) => target.select()}
          />
        </div>
        <CopyButton label="Copy owner key" text={ownerKey} />
      </div>
      <Switch
        id="remember-owner-key"
        label="Remember it in this browser"
        hint="Not on a computer that others use."
        checked={isRemembered}
        onChange={remember}
      />
    </div>
  );
}
