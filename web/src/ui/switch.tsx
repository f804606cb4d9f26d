/** On or off: a checkbox that looks like a switch. */
import { fieldId } from '../lib/field-path.ts';
import { useField } from '../state/use-field.ts';
import { Problem, describedBy } from './field-shell.tsx';

interface SwitchProps {
  readonly label: string;
  readonly hint?: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly id: string;
  readonly problem?: string | null;
  /** Shown to assistive technology only: where the row says it already. */
  readonly hideLabel?: boolean;
}

export function Switch({ id, label, hint, checked, onChange, problem = null, hideLabel = false }: SwitchProps) {
  return (
    <div className="switch-field">
      <label className="switch-label" htmlFor={id}>
        <input
          id={id} type="checkbox" role="switch" className="switch" checked={checked}
          {...describedBy(id, hint !== undefined, problem)} onChange={({ target }) => onChange(target.checked)}
        />
        <span className={hideLabel ? 'visually-hidden' : undefined}>{label}</span>
      </label>
      {hint !== undefined && <p className="hint" id={`${id}-hint`}>{hint}</p>}
      <Problem id={id} message={problem} />
    </div>
  );
}

interface FieldProps {
  readonly path: string;
  readonly label: string;
  readonly hint?: string;
  /** What an absent field means, where the server's defaults do not say. */
  readonly fallback?: boolean;
  readonly hideLabel?: boolean;
}

export function SwitchField({ path, label, hint, fallback = false, hideLabel = false }: FieldProps) {
  const field = useField(path);
  return (
    <Switch
      id={fieldId(path)} label={label} checked={typeof field.value === 'boolean' ? field.value : fallback} problem={field.problem}
      hideLabel={hideLabel} onChange={field.set} {...(hint === undefined ? {} : { hint })}
    />
  );
}
