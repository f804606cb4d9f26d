/**
 * A text field with a list of suggestions (ARIA combobox): arrow keys walk the list, Enter takes the marked entry or
 * the first, Escape closes the list and then empties the field. The focus never leaves the field.
 */
import { useEffect, useId, useState, type KeyboardEvent } from 'react';

export interface Suggestion {
  readonly id: string;
  readonly label: string;
}

interface Props {
  readonly id: string;
  readonly label: string;
  readonly placeholder: string;
  readonly text: string;
  readonly suggestions: readonly Suggestion[];
  /** Whether they are those of the text: Enter waits for them. */
  readonly isCurrent: boolean;
  /** Said below the field, and announced. */
  readonly status: string;
  readonly onText: (text: string) => void;
  readonly onPick: (suggestion: Suggestion) => void;
}

const NONE = -1;

export function Combobox({
  id,
  label,
  placeholder,
  text,
  suggestions,
  isCurrent,
  status,
  onText,
  onPick,
}: Props) {
  const listId = useId();
  const [isOpen, setOpen] = useState(false);
  const [marked, setMarked] = useState(NONE);
  const [awaitsFirst, setAwaitsFirst] = useState(false);
  const isShown = isOpen && suggestions.length > 0;
  const active = isShown && marked < suggestions.length ? marked : NONE;
  const mark = (index: number) => {
    setMarked(index);
    document.getElementById(optionId(listId, index))?.scrollIntoView({ block: 'nearest' });
  };
  const close = () => {
    setOpen(false);
    setMarked(NONE);
  };
  const pick = (suggestion: Suggestion | undefined) => {
    if (suggestion === undefined) return;
    onPick(suggestion);
    close();
  };
  useEffect(() => {
    if (!awaitsFirst || !isCurrent) return;
    setAwaitsFirst(false);
    pick(suggestions[0]);
  });
  const press = (event: KeyboardEvent) => {
    const action = actionOf(event.key, isShown, isOpen);
    if (action === null) return;
    event.preventDefault();
    if (action === 'open') setOpen(true);
    else if (action === 'pick' && (isCurrent || active !== NONE))
      pick(suggestions[Math.max(0, active)]);
    else if (action === 'pick') setAwaitsFirst(true);
    else if (action === 'close') close();
    else if (action === 'clear') onText('');
    else mark(stepped(active, action === 'next' ? 1 : -1, suggestions.length));
  };
  return (
    <div className="field combobox">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      <input
        id={id}
        type="text"
        className="input"
        value={text}
        placeholder={placeholder}
        autoComplete="off"
        spellCheck={false}
        role="combobox"
        aria-autocomplete="list"
        aria-expanded={isShown}
        aria-controls={listId}
        aria-activedescendant={active === NONE ? undefined : optionId(listId, active)}
        aria-describedby={`${id}-status`}
        onChange={({ target }) => {
          onText(target.value);
          setOpen(true);
          setMarked(NONE);
          setAwaitsFirst(false);
        }}
        onFocus={({ target }) => target.select()}
        onClick={() => setOpen(true)}
        onBlur={close}
        onKeyDown={press}
      />
      <ul id={listId} role="listbox" aria-label={label} className="options" hidden={!isShown}>
        {suggestions.map((suggestion, index) => (
          <li
            key={suggestion.id}
            id={optionId(listId, index)}
            role="option"
            aria-selected={index === active}
            className="option"
            // The field keeps the focus: a blur would close the list before the click is one.
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => pick(suggestion)}
          >
            {suggestion.label}
          </li>
        ))}
      </ul>
      <p id={`${id}-status`} role="status" className="hint">
        {status}
      </p>
    </div>
  );
}

type Action = 'open' | 'next' | 'previous' | 'pick' | 'close' | 'clear';

function actionOf(key: string, isShown: boolean, isOpen: boolean): Action | null {
  switch (key) {
    case 'ArrowDown':
      return isShown ? 'next' : 'open';
    case 'ArrowUp':
      return isShown ? 'previous' : 'open';
    case 'Enter':
      return isOpen ? 'pick' : 'open';
    case 'Escape':
      return isShown ? 'close' : 'clear';
    default:
      return null;
  }
}

/** Around the ends; from nothing to the first or the last. */
function stepped(index: number, step: number, count: number): number {
  if (index === NONE) return step > 0 ? 0 : count - 1;
  return (index + step + count) % count;
}

function optionId(listId: string, index: number): string {
  return `${listId}-${index}`;
}
