/** One of a few choices: radio buttons side by side. */
import { useField } from '../state/use-field.ts';
import { Problem } from './field-shell.tsx';

export interface SegmentChoice {
  readonly value: string;
  readonly label: string;
}

interface Props {
  readonly id: string;
  readonly label: string;
  readonly choices: readonly SegmentChoice[];
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly hint?: string;
  readonly problem?: string | null;
}

export function Segmented({ id, label, choices, value, onChange, hint, problem = null }: Props) {
  return (
    <fieldset
      className="segmented-field"
      id={id}
      aria-describedby={hint === undefined ? undefined : `${id}-hint`}
    >
      <legend className="field-label">{label}</legend>
      <div className="segmented">
        {choices.map((choice) => (
          <label key={choice.value} className="segment">
            <input
              type="radio"
              name={id}
              value={choice.value}
              checked={choice.value === value}
              onChange={() => onChange(choice.value)}
            />
            <span>{choice.label}</span>
          </label>
        ))}
      </div>
      {hint !== undefined && (
        <p className="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <Problem id={id} message={problem} />
    </fieldset>
  );
}

interface FieldProps {
  readonly path: string;
  readonly label: string;
  readonly choices: readonly SegmentChoice[];
  readonly hint?: string;
}

export function SegmentedField({ path, label, choices, hint }: FieldProps) {
  const field = useField(path);
  return (
    <Segmented
      id={field.id}
      label={label}
      choices={choices}
      value={String(field.value ?? choices[0]?.value ?? '')}
      onChange={field.set}
      problem={field.problem}
      {...(hint === undefined ? {} : { hint })}
    />
  );
}
