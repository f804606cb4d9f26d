/** Everything that is wrong, in one place, each line leading to its field. */
import { useEffect, useState } from 'react';
import { fieldId } from '../lib/field-path.ts';
import { useProblems } from '../state/page-context.ts';
import { Icon } from '../ui/icon.tsx';

export function ProblemSummary() {
  const problems = useProblems();
  const fields = problems.map(({ field }) => field).join(' ');
  const [, setNamed] = useState('');
  // Names are read from the labels in the page: a field that came with its problem has them only after this render.
  useEffect(() => setNamed(fields), [fields]);
  if (problems.length === 0) return null;
  return (
    <div className="notice is-problem" role="group" aria-label="Problems">
      <p><Icon name="alert" /> {problems.length === 1 ? 'One setting needs you:' : `${problems.length} settings need you:`}</p>
      <ul>
        {problems.map(({ field, message }) => (
          <li key={`${field} ${message}`}>
            <a href={`#${fieldId(field)}`} onClick={(event) => goTo(event, fieldId(field))}>{fieldName(field)}</a>: {message}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** `Real-Debrid, API token`, as the field is labelled; its path where the page has no such field. */
function fieldName(field: string): string {
  const element = closestField(fieldId(field));
  if (element === null) return field;
  const labels = element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement ? element.labels : null;
  const name = labels?.[0]?.textContent ?? element.ariaLabel ?? element.querySelector('legend')?.textContent ?? field;
  const group = element.parentElement?.closest('[role="group"]')?.ariaLabel ?? null;
  return group === null ? name : `${group}, ${name}`;
}

/** Opens what hides the field, and moves the focus there: a fragment alone would do neither. */
function goTo(event: { preventDefault(): void }, id: string): void {
  const target = closestField(id);
  if (target === null) return;
  event.preventDefault();
  const hidden = target.closest('details');
  if (hidden !== null) hidden.open = true;
  target.focus({ preventScroll: true });
  target.scrollIntoView({ block: 'center' });
}

/** A problem may name something within a field, `sr[3]`: then its field is meant. */
function closestField(id: string): HTMLElement | null {
  for (let part = id; part.includes('-'); part = part.slice(0, part.lastIndexOf('-'))) {
    const element = document.getElementById(part);
    if (element !== null) return element;
  }
  return null;
}
