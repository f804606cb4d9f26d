/** Whether sources are searched while a title is opened: as the server does, or as the user says. */
import { useOptions } from '../state/page-context.ts';
import { useEditor } from '../state/editor-store.ts';
import { ownSourceCount } from '../lib/sources.ts';
import { useField } from '../state/use-field.ts';
import { Segmented } from '../ui/segmented.tsx';

const DEFAULT = 'default';
const VALUES: Readonly<Record<string, boolean | undefined>> = { on: true, off: false };

export function LiveSearch() {
  const { sources } = useOptions();
  const field = useField('lss');
  const hasOwn = useEditor(({ config }) => ownSourceCount(config) > 0);
  const chosen = field.value === true ? 'on' : field.value === false ? 'off' : DEFAULT;
  const isEmpty = sources.shared.length === 0 && !hasOwn;
  return (
    <Segmented
      id={field.id}
      label="Search sources while a title is opened"
      choices={[
        { value: DEFAULT, label: `As this server: ${sources.liveSearch ? 'on' : 'off'}` },
        { value: 'on', label: 'On' },
        { value: 'off', label: 'Off' },
      ]}
      value={chosen}
      onChange={(value) => field.set(VALUES[value])}
      problem={field.problem}
      hint={
        isEmpty
          ? 'There is nothing to search yet: this server has no sources, and you have added none below.'
          : `${countText(sources.shared.length)}. A title that was not searched for lately takes up to ${sources.deadlineMs / 1000} seconds.`
      }
    />
  );
}

function countText(count: number): string {
  if (count === 0) return 'Asks the sources that you add below';
  return `Asks ${count === 1 ? 'the source' : `the ${count} sources`} of this server, and yours`;
}
