/** On or off: a checkbox that looks like a switch. */
import { fieldId } from '../lib/field-path.ts';
import { useCapability } from '../state/use-capability.ts';
import { useField } from '../state/use-field.ts';
import { NOT_AVAILABLE } from './availability.ts';
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
  readonly isDisabled?: boolean;
}

export function Switch({
  id,
  label,
  hint,
  checked,
  onChange,
  problem = null,
  hideLabel = false,
  isDisabled = false,
}: SwitchProps) {
  return (
    <div className="switch-field">
      <label className="switch-label" htmlFor={id}>
        <input
          id={id}
          type="checkbox"
          role="switch"
          className="switch"
          checked={checked}
          disabled={isDisabled}
          {...describedBy(id, hint !== undefined, problem)}
          onChange={({ target }) => onChange(target.checked)}
        />
        <span className={hideLabel ? 'visually-hidden' : undefined}>{label}</span>
      </label>
      {hint !== undefined && (
        <p className="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
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
  /** A name of the server's table of capabilities; without it the switch does nothing, and says so. */
  readonly needs?: string;
}

export function SwitchField({
  path,
  label,
  hint,
  fallback = false,
  hideLabel = false,
  needs,
}: FieldProps) {
  const field = useField(path);
  const isAvailable = useCapability(needs);
  const isOn = typeof field.value === 'boolean' ? field.value : fallback;
  const shownHint = isAvailable ? hint : NOT_AVAILABLE;
  return (
    <Switch
      id={fieldId(path)}
      label={label}
      checked={isOn && isAvailable}
      problem={field.problem}
      hideLabel={hideLabel}
      isDisabled={!isAvailable}
      onChange={field.set}
      {...(shownHint === undefined ? {} : { hint: shownHint })}
    />
  );
}
