/** For whom: a stored profile, with its owner key, or everybody, with the operator's password. */
import { useState } from 'react';
import { pageLocation, secretIn } from '../lib/install-link.ts';
import { instancePassword, keepInstancePassword } from '../state/instance-password.ts';
import { rememberedOwnerKey } from '../state/owner-keys.ts';
import { Section } from '../ui/section.tsx';
import { Segmented } from '../ui/segmented.tsx';
import type { Audience } from './calls.ts';
import { PlainField } from './plain-field.tsx';

const CHOICES = [
  { value: 'profile', label: 'Only my profile' },
  { value: 'everybody', label: 'Everybody' },
];

interface Props {
  /** False: users import nothing on this server. */
  readonly usersMay: boolean;
  /** Null while something is missing. */
  readonly onChange: (audience: Audience | null) => void;
}

export function AudienceSection({ usersMay, onChange }: Props) {
  const [kind, setKind] = useState(usersMay ? 'profile' : 'everybody');
  const [address, setAddress] = useState(() => pageLocation(location.pathname).secret ?? '');
  const profile = profileIn(address);
  const [ownerKey, setOwnerKey] = useState(() => rememberedOwnerKey(profile ?? '') ?? '');
  const [password, setPassword] = useState(() => instancePassword() ?? '');
  const tell = (said: {
    kind?: string;
    address?: string;
    ownerKey?: string;
    password?: string;
  }) => {
    const now = { kind, address, ownerKey, password, ...said };
    if (now.kind === 'everybody') {
      keepInstancePassword(now.password === '' ? null : now.password);
      return onChange(now.password === '' ? null : { kind: 'everybody' });
    }
    const id = profileIn(now.address);
    return onChange(
      id === null || now.ownerKey === ''
        ? null
        : { kind: 'profile', profile: id, ownerKey: now.ownerKey },
    );
  };
  const typed = (address: string) => {
    const known = rememberedOwnerKey(profileIn(address) ?? '');
    setAddress(address);
    if (known !== null) setOwnerKey(known);
    tell({ address, ...(known !== null && { ownerKey: known }) });
  };
  return (
    <Section
      id="audience"
      title="Who gets it"
      lede="A private stream is in the lists of one stored profile, and nobody else sees it."
    >
      {usersMay && (
        <Segmented
          id="audience-kind"
          label="In the lists of"
          choices={CHOICES}
          value={kind}
          onChange={(value) => {
            setKind(value);
            tell({ kind: value });
          }}
        />
      )}
      {kind === 'profile' ? (
        <div className="fields">
          <PlainField
            id="profile"
            label="Stored profile"
            hint="Its install address, or U- and what follows."
            placeholder="U-…"
            type="url"
            value={address}
            onChange={typed}
            problem={
              address !== '' && profile === null
                ? 'Expected the address of a stored profile: it has U- and 36 characters in it.'
                : null
            }
          />
          <PlainField
            id="owner-key"
            label="Owner key"
            hint="You got it when you made the profile."
            type="password"
            value={ownerKey}
            onChange={(text) => {
              setOwnerKey(text.trim());
              tell({ ownerKey: text.trim() });
            }}
          />
        </div>
      ) : (
        <PlainField
          id="operator-password"
          label="Password of the operator"
          hint="API_PASSWORD of this server. It is kept for this tab."
          type="password"
          value={password}
          onChange={(text) => {
            setPassword(text.trim());
            tell({ password: text.trim() });
          }}
        />
      )}
    </Section>
  );
}

/** What the address of the page and this browser know already; null while something is missing. */
export function firstAudience(usersMay: boolean): Audience | null {
  if (!usersMay) return instancePassword() === null ? null : { kind: 'everybody' };
  const profile = profileIn(pageLocation(location.pathname).secret ?? '');
  const ownerKey = profile === null ? null : rememberedOwnerKey(profile);
  return profile === null || ownerKey === null ? null : { kind: 'profile', profile, ownerKey };
}

function profileIn(address: string): string | null {
  const secret = secretIn(address);
  return secret !== null && /^U-[\da-f-]{36}$/i.test(secret) ? secret : null;
}
