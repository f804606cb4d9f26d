/** Preferred languages, and whether streams in others are shown at all. */
import { useMemo, useRef, useState } from 'react';
import type { Choice } from '../api/contract.ts';
import { languageFirst, languagePlace, offeredLanguages } from '../lib/language-order.ts';
import {
  languageChoice,
  languageList,
  sameOrder,
  type Language,
  type LanguageChoice,
} from '../lib/languages.ts';
import { listOf, objectsOf, type JsonValue } from '../lib/json.ts';
import { moved } from '../lib/reorder.ts';
import { changeThenFocus } from '../state/focus.ts';
import { useOptions } from '../state/page-context.ts';
import { useField } from '../state/use-field.ts';
import { Problem } from '../ui/field-shell.tsx';
import { Icon } from '../ui/icon.tsx';
import { RemoveButton } from '../ui/rows.tsx';
import { Section } from '../ui/section.tsx';
import { SortableList } from '../ui/sortable-list.tsx';
import { Switch } from '../ui/switch.tsx';

export function Languages() {
  const { languages } = useOptions();
  const field = useField('ls');
  const [choice, save] = useChoice(field.value, field.set);
  const nameOf = (language: Language) =>
    languages.find(({ value }) => value === language)?.label ?? String(language);
  const set = (preferred: readonly Language[]) => save({ ...choice, preferred });
  return (
    <Section
      id="languages"
      title="Languages"
      lede="Choose the languages that you want to hear, best first."
    >
      <div className="languages" id={field.id} tabIndex={-1} data-rows="">
        <div className="languages-chosen">
          <h3>Chosen</h3>
          {choice.preferred.length === 0 ? (
            <p className="empty">None: streams in all languages are shown.</p>
          ) : (
            <SortableList
              label="Chosen languages, best first"
              className="dense"
              onMove={(from, to) => set(moved(choice.preferred, from, to))}
              rows={choice.preferred.map((language, index) => ({
                key: String(language),
                name: nameOf(language),
                content: (
                  <div className="sort-row">
                    <span className="place" aria-hidden="true">
                      {index + 1}
                    </span>
                    <span className="sort-name">{nameOf(language)}</span>
                    <RemoveButton
                      name={nameOf(language)}
                      onRemove={() => set(choice.preferred.filter((item) => item !== language))}
                    />
                  </div>
                ),
              }))}
            />
          )}
          {choice.preferred.length > 0 && <Weight />}
          <Switch
            id="other-languages"
            label="Show other languages, too"
            hint="After the chosen ones."
            checked={choice.others || choice.preferred.length === 0}
            onChange={(others) => save({ ...choice, others })}
          />
        </div>
        <LanguagePicker
          chosen={choice.preferred}
          onAdd={(language) => set([...choice.preferred, language])}
        />
      </div>
      <Problem id={field.id} message={field.problem} />
    </Section>
  );
}

/** How much the order of languages counts: it is one of the sort keys. */
function Weight() {
  const { sortKeys } = useOptions();
  const field = useField('tsp');
  const place = languagePlace(field.value);
  if (place === 0)
    return <p className="hint">Language decides before everything else: see Sort order.</p>;
  const before = objectsOf(field.value)
    .filter(({ k }) => k !== 'cached')
    .slice(0, Math.max(0, place))
    .map(({ k }) => sortKeys.find(({ key }) => key === k)?.label.toLowerCase() ?? String(k));
  return (
    <div className="add-row">
      <p className="hint grow">
        {place < 0
          ? 'Nothing is sorted by language, so the order above has no effect.'
          : `The order above decides among streams of the same ${before.join(', ')}.`}
      </p>
      <button
        type="button"
        className="button"
        onClick={({ currentTarget }) =>
          putLanguageFirst(currentTarget, () => field.set(languageFirst(field.value)))
        }
      >
        Sort by language first
      </button>
    </div>
  );
}

/** The button is gone afterwards: its list has the focus. */
function putLanguageFirst(button: HTMLElement, change: () => void): void {
  const list = button.closest('.languages-chosen');
  changeThenFocus(change, () => list?.querySelector<HTMLElement>('.handle'));
}

/** What the user chose stays as it is while it agrees with the configuration, which cannot tell all choices apart. */
function useChoice(value: JsonValue | undefined, set: (value: JsonValue) => void) {
  const { languages } = useOptions();
  const all = languages.map((language) => language.value);
  const listed = listOf(value).filter(
    (item): item is Language => item === null || typeof item === 'string',
  );
  const kept = useRef<LanguageChoice | null>(null);
  const isKept = kept.current !== null && sameOrder(languageList(kept.current, all), listed);
  if (!isKept) kept.current = languageChoice(listed, all);
  const choice = kept.current ?? languageChoice(listed, all);
  const save = (next: LanguageChoice) => {
    // Nothing chosen and no others would show nothing: that is no wish anybody has.
    const sensible = next.preferred.length === 0 ? { ...next, others: true } : next;
    kept.current = sensible;
    set(languageList(sensible, all));
  };
  return [choice, save] as const;
}

interface PickerProps {
  readonly chosen: readonly Language[];
  readonly onAdd: (language: Language) => void;
}

function LanguagePicker({ chosen, onAdd }: PickerProps) {
  const { languages } = useOptions();
  const [text, setText] = useState('');
  const [added, setAdded] = useState('');
  const offered = useMemo(() => offeredLanguages(languages, navigator.languages), [languages]);
  const wanted = text.trim().toLowerCase();
  const found = offered.filter(
    ({ value, label }) => !chosen.includes(value) && label.toLowerCase().includes(wanted),
  );
  const add = ({ value, label }: Choice) => {
    onAdd(value);
    setAdded(`${label} added, place ${chosen.length + 1}. `);
  };
  /** The pressed one is gone: the next one has the focus, and another press adds that. */
  const press = (choice: Choice, button: HTMLElement) => {
    const list = button.closest('ul');
    const index = found.indexOf(choice);
    changeThenFocus(
      () => add(choice),
      () => {
        const buttons = list?.querySelectorAll<HTMLElement>('button') ?? [];
        return (
          buttons[Math.min(index, buttons.length - 1)] ?? document.getElementById('language-search')
        );
      },
    );
  };
  return (
    <div className="languages-picker">
      <label className="field-label" htmlFor="language-search">
        Find a language
      </label>
      <input
        id="language-search"
        type="search"
        className="input"
        data-adds=""
        value={text}
        autoComplete="off"
        placeholder="Type to search, Enter adds"
        onChange={({ target }) => setText(target.value)}
        onKeyDown={(event) => {
          const [first] = found;
          if (event.key !== 'Enter' || wanted === '' || first === undefined) return;
          event.preventDefault();
          add(first);
          setText('');
        }}
      />
      <p role="status" className="hint">
        {added}
        {wanted === '' ? `${found.length} languages` : `${found.length} found`}
      </p>
      <ul className="chips" aria-label="Languages to add">
        {found.map((choice) => (
          <li key={String(choice.value)}>
            <button
              type="button"
              className="chip-button"
              aria-label={`Add ${choice.label}`}
              onClick={({ currentTarget }) => press(choice, currentTarget)}
            >
              <Icon name="plus" />
              {choice.label}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
