/** Live search, indexers, helpers and keys of other services: what most people leave alone. */
import { useOptions } from '../state/page-context.ts';
import { useCapability } from '../state/use-capability.ts';
import { Capable } from '../ui/capable.tsx';
import { Part, Section } from '../ui/section.tsx';
import { SwitchField } from '../ui/switch.tsx';
import { TextField } from '../ui/text-field.tsx';
import { Indexers } from './indexers.tsx';
import { LiveSearch } from './live-search.tsx';
import { TestMediaflow } from './test-source.tsx';

const NAME_SUFFIX_CHARS_MAX = 40;

/** Services whose key is all that they need. */
const KEYS = [
  { needs: 'rpdb', title: 'RPDB', path: 'rpc', hint: { hint: 'Posters with ratings.' } },
  { needs: 'tmdb', title: 'TMDB', path: 'tmdb', hint: {} },
  { needs: 'tvdb', title: 'TVDB', path: 'tvdb', hint: {} },
  { needs: 'mdblist', title: 'MDBList', path: 'mdb', hint: {} },
] as const;

export function Advanced() {
  const { limits, addon } = useOptions();
  const hasPassword = useCapability('apiPassword');
  return (
    <Section id="advanced" title="Advanced" lede="Nothing here is needed to begin with.">
      <Part title="Add-on">
        <div className="fields">
          <TextField
            path="nm"
            label="Name suffix"
            charsMax={limits.nameSuffixCharsMax ?? NAME_SUFFIX_CHARS_MAX}
            hint={`Stands behind “${addon.name}” in place of the providers' labels.`}
          />
          {hasPassword && (
            <TextField
              path="ap"
              label="Server API password"
              type="secret"
              hint="Of private servers only."
            />
          )}
        </div>
      </Part>
      <div className="disclosures parts">
        <Capable needs="liveSearch" title="Live search" paths={['lss']}>
          <LiveSearch />
        </Capable>
        <Capable needs="indexers" title="Sources of your own" paths={['ic']}>
          <Indexers />
        </Capable>
        <Capable needs="mediaflow" title="MediaFlow proxy" paths={['mfc']}>
          <div className="fields">
            <TextField path="mfc.pu" label="MediaFlow address" type="url" placeholder="https://" />
            <TextField path="mfc.ap" label="MediaFlow password" type="secret" />
          </div>
          <p className="hint">
            Services are asked, and films played, through your proxy, so that a service sees one
            address wherever you watch. Each service can be taken out of it on its card.
          </p>
          <TestMediaflow path="mfc" name="MediaFlow proxy" />
          <div className="switches">
            <SwitchField path="mfc.pls" label="Proxy live streams" needs="iptv" />
            <SwitchField path="mfc.ewp" label="Playback in the browser" needs="webPlayback" />
          </div>
        </Capable>
        {KEYS.map(({ needs, title, path, hint }) => (
          <Capable key={needs} needs={needs} title={title} paths={[path]}>
            <div className="fields">
              <TextField path={`${path}.ak`} label={`${title} key`} type="secret" {...hint} />
            </div>
          </Capable>
        ))}
        {!hasPassword && (
          <Capable needs="apiPassword" title="Password of a private server" paths={['ap']}>
            <TextField path="ap" label="Server API password" type="secret" />
          </Capable>
        )}
      </div>
    </Section>
  );
}
