/** A text of the configuration; a stored secret is shown as "stored" and kept until another is typed. */
import { useContext, useRef, useState } from 'react';
import { isMasked } from '../lib/mask.ts';
import { changeThenFocus } from '../state/focus.ts';
import { OutOfUseContext } from '../state/page-context.ts';
import { useField, type Field } from '../state/use-field.ts';
import { FieldShell, describedBy } from './field-shell.tsx';
import { Icon } from './icon.tsx';

interface Props {
  readonly path: string;
  readonly label: string;
  readonly type?: 'text' | 'secret' | 'url';
  readonly hint?: string;
  readonly placeholder?: string;
  readonly required?: boolean;
  readonly charsMax?: number;
  /** Stays in its list when it is emptied. */
  readonly isListItem?: boolean;
}

export function TextField({
  path,
  label,
  type = 'text',
  hint,
  placeholder,
  required = false,
  charsMax,
  isListItem = false,
}: Props) {
  const field = useField(path);
  const stored = useStored(field, isListItem ? '' : undefined);
  const [isShown, setShown] = useState(false);
  const text = stored.isUnchanged ? '' : textOf(field.value);
  const isOutOfUse = useContext(OutOfUseContext);
  const storedHint = `Stored, and shown to nobody.${isOutOfUse ? '' : ' Type to replace it.'}`;
  const shownHint = stored.isUnchanged ? storedHint : hint;
  const andFocus = (change: () => void) =>
    changeThenFocus(change, () => document.getElementById(field.id));
  return (
    <FieldShell
      id={field.id}
      label={label}
      hint={shownHint}
      problem={field.problem}
      required={required && !isOutOfUse}
    >
      <div className="input-row">
        <input
          id={field.id}
          className="input"
          value={text}
          maxLength={charsMax}
          aria-required={required || undefined}
          type={type === 'secret' && !isShown ? 'password' : 'text'}
          inputMode={type === 'url' ? 'url' : undefined}
          placeholder={stored.isUnchanged ? '•••••••• stored' : placeholder}
          autoComplete="off"
          autoCapitalize="none"
          autoCorrect="off"
          spellCheck={false}
          data-1p-ignore=""
          data-lpignore="true"
          {...describedBy(field.id, shownHint !== undefined, field.problem)}
          onChange={({ target }) => stored.change(target.value)}
          onBlur={field.touch}
        />
        {type === 'secret' && text !== '' && (
          <button
            type="button"
            className="button icon-only"
            aria-pressed={isShown}
            aria-label="Show what is typed"
            aria-controls={field.id}
            onClick={() => setShown(!isShown)}
          >
            <Icon name="eye" />
          </button>
        )}
        {stored.isUnchanged && !isOutOfUse && (
          <button
            type="button"
            className="button icon-only"
            aria-label="Forget the stored value"
            aria-controls={field.id}
            onClick={() => andFocus(stored.forget)}
          >
            <Icon name="trash" />
          </button>
        )}
        {stored.canRestore && (
          <button
            type="button"
            className="button icon-only"
            aria-label="Keep the stored value"
            aria-controls={field.id}
            onClick={() => andFocus(stored.restore)}
          >
            <Icon name="undo" />
          </button>
        )}
      </div>
    </FieldShell>
  );
}

/** The mask that the field was loaded with, while it may still be wanted. @param empty what an emptied field is set to */
function useStored(field: Field, empty: '' | undefined) {
  const mask = useRef<string | null>(null);
  const isUnchanged = isMasked(field.value);
  if (isMasked(field.value)) mask.current = field.value;
  return {
    isUnchanged,
    canRestore: !isUnchanged && mask.current !== null,
    change: (text: string) => field.set(text === '' ? empty : text),
    forget: () => field.set(empty),
    restore: () => field.set(mask.current ?? undefined),
  };
}

function textOf(value: Field['value']): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
