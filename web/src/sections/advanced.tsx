/** Live search, indexers, helpers and keys of other services: what most people leave alone. */
import { useOptions } from '../state/page-context.ts';
import { Part, Section } from '../ui/section.tsx';
import { SwitchField } from '../ui/switch.tsx';
import { TextField } from '../ui/text-field.tsx';
import { Indexers } from './indexers.tsx';

const NAME_SUFFIX_CHARS_MAX = 40;

export function Advanced() {
  const { limits, addon } = useOptions();
  return (
    <Section id="advanced" title="Advanced" lede="Nothing here is needed to begin with.">
      <Part title="Add-on">
        <div className="fields">
          <TextField
            path="nm" label="Name suffix" charsMax={limits.nameSuffixCharsMax ?? NAME_SUFFIX_CHARS_MAX}
            hint={`Stands behind “${addon.name}” in place of the providers' labels.`}
          />
          <TextField path="ap" label="Server API password" type="secret" hint="Of private servers only." />
        </div>
      </Part>
      <Part title="Live search">
        <SwitchField
          path="lss" label="Search live while a title is opened"
          hint="Asks indexers for titles of which nothing is stored yet. The first list takes longer."
        />
        <Indexers />
      </Part>
      <Part title="MediaFlow proxy">
        <div className="fields">
          <TextField path="mfc.pu" label="MediaFlow address" type="url" placeholder="https://" />
          <TextField path="mfc.ap" label="MediaFlow password" type="secret" />
        </div>
        <div className="switches">
          <SwitchField path="mfc.pls" label="Proxy live streams" />
          <SwitchField path="mfc.ewp" label="Playback in the browser" />
        </div>
      </Part>
      <Part title="Keys of other services">
        <div className="fields">
          <TextField path="rpc.ak" label="RPDB key" type="secret" hint="Posters with ratings." />
          <TextField path="tmdb.ak" label="TMDB key" type="secret" />
          <TextField path="tvdb.ak" label="TVDB key" type="secret" />
          <TextField path="mdb.ak" label="MDBList key" type="secret" />
        </div>
      </Part>
    </Section>
  );
}
