/** A field that is written as text and kept as something else: sizes, counts, lists of numbers, headers. */
import { useEffect, useState } from 'react';
import type { JsonValue } from '../lib/json.ts';
import { dispatch } from '../state/editor-store.ts';
import { useField } from '../state/use-field.ts';
import { FieldShell, describedBy } from './field-shell.tsx';

/** Undefined: the field is left out. */
export type Parsed = { readonly value: JsonValue | undefined } | { readonly problem: string };

interface Props {
  readonly path: string;
  readonly label: string;
  readonly hint?: string;
  readonly placeholder?: string;
  readonly unit?: string;
  readonly inputMode?: 'decimal' | 'numeric' | 'text';
  readonly rows?: number;
  /** Of texts that are not empty: those leave the field out. */
  readonly parse: (text: string) => Parsed;
  readonly format: (value: JsonValue | undefined) => string;
}

export function DraftField({
  path,
  label,
  hint,
  placeholder,
  unit,
  inputMode = 'text',
  rows,
  parse,
  format,
}: Props) {
  const field = useField(path);
  const [draft, setDraft] = useState<string | null>(null);
  const parsed = draft === null ? null : parseDraft(draft, parse);
  const unreadable = parsed !== null && 'problem' in parsed ? parsed.problem : null;
  const problem = unreadable ?? field.problem;
  useEffect(() => {
    dispatch({ type: 'unreadable', path, message: unreadable });
    return () => dispatch({ type: 'unreadable', path, message: null });
  }, [path, unreadable]);
  const control = {
    id: field.id,
    className: 'input',
    placeholder,
    value: draft ?? format(field.value),
    autoComplete: 'off',
    ...describedBy(field.id, hint !== undefined, problem),
    onChange: ({ target }: { readonly target: { readonly value: string } }) => {
      setDraft(target.value);
      const next = parseDraft(target.value, parse);
      if ('value' in next) field.set(next.value);
    },
    onBlur: () => {
      field.touch();
      if (parsed !== null && 'value' in parsed) setDraft(null);
    },
  };
  return (
    <FieldShell id={field.id} label={label} hint={hint} problem={problem}>
      <div className="input-row">
        {rows === undefined ? (
          <input {...control} inputMode={inputMode} />
        ) : (
          <textarea {...control} rows={rows} spellCheck={false} />
        )}
        {unit !== undefined && (
          <span className="unit" aria-hidden="true">
            {unit}
          </span>
        )}
      </div>
    </FieldShell>
  );
}

function parseDraft(text: string, parse: Props['parse']): Parsed {
  return text.trim() === '' ? { value: undefined } : parse(text);
}
