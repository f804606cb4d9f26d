/** A check list whose order means preference: what is chosen, and which of it is best. */
import { useRef } from 'react';
import type { Choice } from '../api/contract.ts';
import { listOf, type JsonValue } from '../lib/json.ts';
import { chosenInOrder, displayOrder, moved } from '../lib/reorder.ts';
import { useField } from '../state/use-field.ts';
import { Problem } from './field-shell.tsx';
import { Disclosure } from './section.tsx';
import { SortableList } from './sortable-list.tsx';

interface Props {
  readonly path: string;
  readonly label: string;
  readonly choices: readonly Choice[];
  /** What stands below a label. */
  readonly detail?: (value: string | null) => string | undefined;
}

export function OrderedChecks({ path, label, choices, detail }: Props) {
  const field = useField(path);
  const all: readonly JsonValue[] = choices.map(({ value }) => value);
  // An empty list means all on the wire; here it is what the user made it, until something is chosen again.
  const chosen = listOf(field.value);
  const rows = useRef<readonly JsonValue[]>([]);
  rows.current = displayOrder(rows.current, chosen, all);
  const order = rows.current;
  const change = (nextOrder: readonly JsonValue[], isChosen: (value: JsonValue) => boolean) => {
    rows.current = nextOrder;
    field.set(
      chosenInOrder(
        nextOrder,
        isChosen,
        chosen.filter((value) => !all.includes(value)),
      ),
    );
  };
  const count = all.filter((value) => chosen.includes(value)).length;
  return (
    <Disclosure title={label} summary={summaryOf(count, all.length)}>
      <div role="group" aria-label={label} id={field.id} tabIndex={-1}>
        {count === 0 && (
          <p className="hint">None is chosen, so this filter is off: all are shown.</p>
        )}
        <SortableList
          label={`${label}, best first`}
          className="dense"
          onMove={(from, to) => change(moved(order, from, to), (value) => chosen.includes(value))}
          rows={order.map((value) => {
            const choice = choices.find((candidate) => candidate.value === value);
            const name = choice?.label ?? String(value);
            const note = detail?.(choice?.value ?? null);
            return {
              key: `v-${String(value)}`,
              name,
              content: (
                <label className="check">
                  <input
                    type="checkbox"
                    checked={chosen.includes(value)}
                    onChange={({ target }) =>
                      change(order, (item) =>
                        item === value ? target.checked : chosen.includes(item),
                      )
                    }
                  />
                  <span>
                    {name}
                    {note !== undefined && (
                      <small className="check-note" aria-hidden="true">
                        {note}
                      </small>
                    )}
                  </span>
                </label>
              ),
            };
          })}
        />
        <Problem id={field.id} message={field.problem} />
      </div>
    </Disclosure>
  );
}

function summaryOf(count: number, total: number): string {
  if (count === 0 || count === total) return 'All';
  return `${count} of ${total}`;
}
