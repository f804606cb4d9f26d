/** A plain check list: order means nothing. */
import type { Choice } from '../api/contract.ts';
import { listOf, type JsonValue } from '../lib/json.ts';
import { useField } from '../state/use-field.ts';
import { Problem } from './field-shell.tsx';

interface Props {
  readonly path: string;
  readonly label: string;
  readonly choices: readonly Choice[];
  /** Stands in lists of other servers for "off": nothing is chosen then. */
  readonly offValue: string;
}

export function CheckList({ path, label, choices, offValue }: Props) {
  const field = useField(path);
  const listed = listOf(field.value);
  const chosen = listed.includes(offValue) ? [] : listed;
  const toggle = (value: JsonValue, isChosen: boolean) =>
    field.set(isChosen ? [...chosen, value] : chosen.filter((item) => item !== value));
  return (
    <fieldset className="checks" id={field.id}>
      <legend className="field-label">{label}</legend>
      <div className="checks-row">
        {choices.map(({ value, label: name }) => (
          <label key={name} className="check chip">
            <input
              type="checkbox"
              checked={chosen.includes(value)}
              onChange={({ target }) => toggle(value, target.checked)}
            />
            <span>{name}</span>
          </label>
        ))}
      </div>
      <Problem id={field.id} message={field.problem} />
    </fieldset>
  );
}
