/** A text that belongs to no configuration. */
import { describedBy, FieldShell } from '../ui/field-shell.tsx';

interface Props {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly type?: 'text' | 'password' | 'url';
  readonly hint?: string;
  readonly placeholder?: string;
  readonly problem?: string | null;
}

export function PlainField({
  id,
  label,
  value,
  onChange,
  type = 'text',
  hint,
  placeholder,
  problem = null,
}: Props) {
  return (
    <FieldShell id={id} label={label} hint={hint} problem={problem}>
      <input
        id={id}
        className="input"
        type={type === 'password' ? 'password' : 'text'}
        inputMode={type === 'url' ? 'url' : undefined}
        value={value}
        placeholder={placeholder}
        autoComplete="off"
        autoCapitalize="none"
        autoCorrect="off"
        spellCheck={false}
        {...describedBy(id, hint !== undefined, problem)}
        onChange={({ target }) => onChange(target.value)}
      />
    </FieldShell>
  );
}
