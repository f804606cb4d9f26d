/** The result: an address that carries the configuration, or a profile that the server stores. */
import { useState } from 'react';
import { useEditor } from '../state/editor-store.ts';
import { useOptions } from '../state/page-context.ts';
import { Section } from '../ui/section.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { AddressInstall } from './address-install.tsx';
import { LoadExisting } from './load-existing.tsx';
import { ProblemSummary } from './problem-summary.tsx';
import { ProfileInstall } from './profile-install.tsx';

const WAYS = [
  { value: 'address', label: 'In the address' },
  { value: 'profile', label: 'Stored profile' },
];

export function Install() {
  const { profiles } = useOptions();
  const isProfile = useEditor(({ source }) => source?.kind === 'profile');
  const [chosen, setWay] = useState(isProfile ? 'profile' : 'address');
  const way = profiles ? chosen : 'address';
  return (
    <Section
      id="install"
      title="Install"
      lede="Two ways to carry your settings. Credentials are encrypted in both."
    >
      <ProblemSummary />
      {profiles && (
        <Segmented
          id="install-way"
          label="Where the settings are kept"
          choices={WAYS}
          value={way}
          onChange={setWay}
          hint={
            way === 'address'
              ? 'Nothing is stored on the server. Changed settings make a new address: a second copy, until you remove the old one in your client.'
              : 'Stored on the server, with a short address that stays. Change it here, and the streams of every install follow at once.'
          }
        />
      )}
      {way === 'address' ? <AddressInstall /> : <ProfileInstall />}
      <p className="notice">
        Clients store the name and the catalogues of an add-on when it is installed: changes to
        those need a re-install. Streams follow the settings of the installed address.
      </p>
      <LoadExisting />
    </Section>
  );
}
