/** Kinds of streams: which, in what order, together or apart. */
import { useOptions } from '../state/page-context.ts';
import { useCapability } from '../state/use-capability.ts';
import { NOT_AVAILABLE } from '../ui/availability.ts';
import { KeptSettings } from '../ui/capable.tsx';
import { OrderedChecks } from '../ui/ordered-checks.tsx';
import { Section } from '../ui/section.tsx';
import { SegmentedField } from '../ui/segmented.tsx';
import { SwitchField } from '../ui/switch.tsx';

const FIELDS_AND_NEEDS = [
  { path: 'pg', needs: 'providerGrouping' },
  { path: 'eus', needs: 'usenet' },
  { path: 'puot', needs: 'usenet' },
  { path: 'ets', needs: 'telegram' },
  { path: 'eas', needs: 'acestream' },
];

export function StreamTypes() {
  const { streamTypes, capabilities } = useOptions();
  const hasProviderRows = useCapability('providerGrouping');
  const withoutEffect = FIELDS_AND_NEEDS.filter(({ needs }) => capabilities[needs] !== true).map(
    ({ path }) => path,
  );
  const noteOf = (type: string | null) =>
    streamTypes.find(({ value }) => value === type)?.available === false
      ? NOT_AVAILABLE
      : undefined;
  return (
    <Section
      id="stream-types"
      title="Stream types"
      lede="Torrents, Usenet, direct links and others: one list of all, or one after the other."
    >
      <div className="fields">
        <SegmentedField
          path="stg"
          label="Arrangement"
          hint="Grouped: in the order below, and only the types that are chosen there."
          choices={[
            { value: 'separate', label: 'Grouped by type' },
            { value: 'mixed', label: 'One list' },
          ]}
        />
        {hasProviderRows && (
          <SegmentedField
            path="pg"
            label="The same stream at several providers"
            hint="One row: of the first provider that has it."
            choices={[
              { value: 'separate', label: 'A row for each' },
              { value: 'mixed', label: 'One row' },
            ]}
          />
        )}
      </div>
      <div className="disclosures">
        <OrderedChecks
          path="sto"
          label="Order of stream types"
          choices={streamTypes}
          detail={noteOf}
        />
      </div>
      <div className="switches">
        <SwitchField path="eus" label="Usenet streams" needs="usenet" />
        <SwitchField path="puot" label="Prefer Usenet over torrents" needs="usenet" />
        <SwitchField path="ets" label="Telegram streams" hint="Need MediaFlow." needs="telegram" />
        <SwitchField
          path="eas"
          label="AceStream streams"
          hint="Need MediaFlow."
          needs="acestream"
        />
      </div>
      <KeptSettings title="types that are not available" paths={withoutEffect} />
    </Section>
  );
}
