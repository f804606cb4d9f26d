/** Label, hint and problem around a control, tied to it for assistive technology. */
import type { ReactNode } from 'react';

interface Props {
  readonly id: string;
  readonly label: string;
  readonly hint?: ReactNode;
  readonly problem?: string | null;
  readonly required?: boolean;
  readonly children: ReactNode;
}

export function FieldShell({ id, label, hint, problem, required, children }: Props) {
  return (
    <div className="field">
      <label className={`field-label ${required === true ? 'is-required' : ''}`} htmlFor={id}>
        {label}
      </label>
      {children}
      {hint !== undefined && (
        <p className="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <Problem id={id} message={problem ?? null} />
    </div>
  );
}

export function Problem({ id, message }: { readonly id: string; readonly message: string | null }) {
  return message === null ? null : (
    <p className="problem" id={`${id}-problem`}>
      {message}
    </p>
  );
}

/** Attributes of the control inside. */
export function describedBy(id: string, hasHint: boolean, problem: string | null) {
  const ids = [...(hasHint ? [`${id}-hint`] : []), ...(problem === null ? [] : [`${id}-problem`])];
  return {
    'aria-describedby': ids.length === 0 ? undefined : ids.join(' '),
    'aria-invalid': problem === null ? undefined : true,
  };
}
