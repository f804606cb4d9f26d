/** By what streams are sorted: the first key decides, the next one among equals. */
import { useState } from 'react';
import type { SortKey } from '../api/contract.ts';
import { objectsOf, type JsonObject } from '../lib/json.ts';
import { moved } from '../lib/reorder.ts';
import { useOptions } from '../state/page-context.ts';
import { changeThenFocus } from '../state/focus.ts';
import { useField } from '../state/use-field.ts';
import { Problem } from '../ui/field-shell.tsx';
import { Icon } from '../ui/icon.tsx';
import { RemoveButton, Rows } from '../ui/rows.tsx';
import { Section } from '../ui/section.tsx';
import { SortableList } from '../ui/sortable-list.tsx';

export function SortOrder() {
  const { sortKeys } = useOptions();
  const field = useField('tsp');
  const entries = objectsOf(field.value);
  const change = (index: number, entry: JsonObject) => field.set(entries.with(index, entry));
  return (
    <Section
      id="sort-order"
      title="Sort order"
      lede="The first key decides; each next one decides among what is equal so far."
    >
      {entries.length === 0 && (
        <p className="empty">No key: streams stay in the order in which they were found.</p>
      )}
      <Rows>
        <SortableList
          label="Sort keys, most important first"
          onMove={(from, to) => field.set(moved(entries, from, to))}
          rows={entries.map((entry, index) => {
            const key = String(entry['k']);
            const spec = sortKeys.find((candidate) => candidate.key === key);
            const name = spec?.label ?? key;
            return {
              key,
              name,
              content: (
                <SortRow
                  name={name}
                  entry={entry}
                  spec={spec}
                  place={index + 1}
                  onChange={(next) => change(index, next)}
                  onRemove={() => field.set(entries.toSpliced(index, 1))}
                />
              ),
            };
          })}
        />
        <Problem id={field.id} message={field.problem} />
        <AddKey
          keys={sortKeys.filter(({ key }) => !entries.some(({ k }) => k === key))}
          onAdd={(key) =>
            changeThenFocus(
              () => field.set([...entries, { k: key }]),
              () => document.getElementById(directionId(key)),
            )
          }
        />
      </Rows>
    </Section>
  );
}

function directionId(key: string): string {
  return `sort-direction-${key}`;
}

interface RowProps {
  readonly name: string;
  readonly entry: JsonObject;
  readonly spec: SortKey | undefined;
  readonly place: number;
  readonly onChange: (entry: JsonObject) => void;
  readonly onRemove: () => void;
}

function SortRow({ name, entry, spec, place, onChange, onRemove }: RowProps) {
  const { d: direction, ...rest } = entry;
  const note = spec?.note ?? null;
  const choose = (chosen: string) =>
    onChange(chosen === 'asc' ? { ...rest, d: 'asc' } : (rest as JsonObject));
  return (
    <div className="sort-row">
      <span className="place" aria-hidden="true">
        {place}
      </span>
      <span className="sort-name">
        {name}
        {note !== null && <small className="check-note">{note}</small>}
      </span>
      <select
        id={directionId(String(entry['k']))}
        className="input compact"
        aria-label={`Direction of ${name}`}
        value={direction === 'asc' ? 'asc' : 'desc'}
        onChange={({ target }) => choose(target.value)}
      >
        <option value="desc">{spec?.directions.desc ?? 'descending'}</option>
        <option value="asc">{spec?.directions.asc ?? 'ascending'}</option>
      </select>
      <RemoveButton name={name} onRemove={onRemove} />
    </div>
  );
}

function AddKey({
  keys,
  onAdd,
}: {
  readonly keys: readonly SortKey[];
  readonly onAdd: (key: string) => void;
}) {
  const [chosen, setChosen] = useState('');
  const key = keys.find((candidate) => candidate.key === chosen) ?? keys[0];
  if (key === undefined) return null;
  return (
    <div className="add-row">
      <div className="field">
        <label className="field-label" htmlFor="add-sort-key">
          Sort key to add
        </label>
        <select
          id="add-sort-key"
          className="input"
          data-adds=""
          value={key.key}
          onChange={({ target }) => setChosen(target.value)}
        >
          {keys.map((candidate) => (
            <option key={candidate.key} value={candidate.key}>
              {candidate.label}
            </option>
          ))}
        </select>
      </div>
      <button type="button" className="button" onClick={() => onAdd(key.key)}>
        <Icon name="plus" />
        Add sort key
      </button>
    </div>
  );
}
