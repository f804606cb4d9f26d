/** What is shown and what is not: attributes in an order of preference, sizes, counts, and levels for families. */
import type { PageOptions } from '../api/contract.ts';
import { useOptions } from '../state/page-context.ts';
import { CheckList } from '../ui/check-list.tsx';
import { CountField, SizeField } from '../ui/number-fields.tsx';
import { OrderedChecks } from '../ui/ordered-checks.tsx';
import { Part, Section } from '../ui/section.tsx';

/** Sentinel of other servers' lists: the filter is off. */
const OFF = 'Disable';

/** Undefined where the label says it already. */
function membersText({ qualityGroups }: PageOptions, value: string | null): string | undefined {
  const group = qualityGroups.find((candidate) => candidate.value === value);
  return group === undefined || group.members.length < 2 ? undefined : group.members.join(', ');
}

export function Filters() {
  const options = useOptions();
  const { streamsMax } = options.limits;
  return (
    <Section
      id="filters"
      title="Filters"
      lede="Open a list to choose what is shown. Its order is your preference, best first, wherever the sort order asks for it."
    >
      <div className="disclosures">
        <OrderedChecks path="sr" label="Resolutions" choices={options.resolutions} />
        <OrderedChecks
          path="qf"
          label="Quality"
          choices={options.qualityGroups}
          detail={(value) => membersText(options, value)}
        />
        <OrderedChecks path="hf" label="HDR formats" choices={options.hdrFormats} />
        <OrderedChecks path="vcf" label="Video codecs" choices={options.codecs} />
        <OrderedChecks path="acf" label="Audio formats" choices={options.audioFormats} />
        <OrderedChecks path="chf" label="Audio channels" choices={options.channels} />
      </div>
      <Part title="Size">
        <div className="fields four">
          <SizeField path="mns" label="Smallest film" placeholder="no limit" />
          <SizeField path="ms" label="Largest film" placeholder="no limit" />
          <SizeField path="mnes" label="Smallest episode" placeholder="as films" />
          <SizeField path="mes" label="Largest episode" placeholder="as films" />
        </div>
        <p className="hint">
          In GB; 700 MB and 1.5 TB are understood, too. Streams of unknown size are never too small.
        </p>
      </Part>
      <Part title="How many">
        <div className="fields three">
          <CountField
            path="mxs"
            label="Most streams"
            min={1}
            max={streamsMax}
            hint="For each stream type while types are kept apart."
          />
          <CountField
            path="mspr"
            label="Most per resolution"
            max={streamsMax}
            hint="0: no limit."
          />
          <CountField
            path="mspt"
            label="Most per stream type"
            max={streamsMax}
            hint="0: no limit."
          />
        </div>
      </Part>
      <Part title="Titles to hide">
        <CheckList path="nf" label="Nudity" choices={options.nudity} offValue={OFF} />
        <CheckList path="cf" label="Certificates" choices={options.certificates} offValue={OFF} />
        <p className="hint">
          Titles of the marked levels appear in no catalogue and have no streams. None marked:
          nothing is hidden.
        </p>
      </Part>
    </Section>
  );
}
