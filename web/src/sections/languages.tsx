/** Preferred languages, and whether streams in others are shown at all. */
import { useRef, useState } from 'react';
import { languageChoice, languageList, sameOrder, type Language, type LanguageChoice } from '../lib/languages.ts';
import { listOf, type JsonValue } from '../lib/json.ts';
import { moved } from '../lib/reorder.ts';
import { useOptions } from '../state/page-context.ts';
import { useField } from '../state/use-field.ts';
import { Problem } from '../ui/field-shell.tsx';
import { Icon } from '../ui/icon.tsx';
import { RemoveButton } from '../ui/remove-button.tsx';
import { Section } from '../ui/section.tsx';
import { SortableList } from '../ui/sortable-list.tsx';
import { Switch } from '../ui/switch.tsx';

export function Languages() {
  const { languages } = useOptions();
  const field = useField('ls');
  const [choice, save] = useChoice(field.value, field.set);
  const nameOf = (language: Language) => languages.find(({ value }) => value === language)?.label ?? String(language);
  const set = (preferred: readonly Language[]) => save({ ...choice, preferred });
  return (
    <Section
      id="languages" title="Languages"
      lede="Choose the languages that you want to hear, best first."
    >
      <div className="languages" id={field.id} tabIndex={-1}>
        <div className="languages-chosen">
          <h3>Chosen</h3>
          {choice.preferred.length === 0
            ? <p className="empty">None: streams in all languages are shown.</p>
            : (
              <SortableList
                label="Chosen languages, best first" className="dense" onMove={(from, to) => set(moved(choice.preferred, from, to))}
                rows={choice.preferred.map((language, index) => ({
                  key: String(language), name: nameOf(language),
                  content: (
                    <div className="sort-row">
                      <span className="place" aria-hidden="true">{index + 1}</span>
                      <span className="sort-name">{nameOf(language)}</span>
                      <RemoveButton
                        name={nameOf(language)} onRemove={() => set(choice.preferred.filter((item) => item !== language))}
                      />
                    </div>
                  ),
                }))}
              />
            )}
          <Switch
            id="other-languages" label="Show other languages, too" hint="After the chosen ones."
            checked={choice.others || choice.preferred.length === 0} onChange={(others) => save({ ...choice, others })}
          />
        </div>
        <LanguagePicker chosen={choice.preferred} onAdd={(language) => set([...choice.preferred, language])} />
      </div>
      <Problem id={field.id} message={field.problem} />
    </Section>
  );
}

/** What the user chose stays as it is while it agrees with the configuration, which cannot tell all choices apart. */
function useChoice(value: JsonValue | undefined, set: (value: JsonValue) => void) {
  const { languages } = useOptions();
  const all = languages.map((language) => language.value);
  const listed = listOf(value).filter((item): item is Language => item === null || typeof item === 'string');
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
  const wanted = text.trim().toLowerCase();
  const found = languages.filter(({ value, label }) => !chosen.includes(value) && label.toLowerCase().includes(wanted));
  const add = (language: Language) => {
    onAdd(language);
    setText('');
  };
  return (
    <div className="languages-picker">
      <label className="field-label" htmlFor="language-search">Find a language</label>
      <input
        id="language-search" type="search" className="input" value={text} autoComplete="off" placeholder="Type to search, Enter adds"
        onChange={({ target }) => setText(target.value)}
        onKeyDown={(event) => {
          const [first] = found;
          if (event.key === 'Enter' && wanted !== '' && first !== undefined) add(first.value);
        }}
      />
      <p role="status" className="hint">{wanted === '' ? `${found.length} languages` : `${found.length} found`}</p>
      <ul className="chips" aria-label="Languages to add">
        {found.map(({ value, label }) => (
          <li key={String(value)}>
            <button type="button" className="chip-button" aria-label={`Add ${label}`} onClick={() => add(value)}>
              <Icon name="plus" />{label}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
