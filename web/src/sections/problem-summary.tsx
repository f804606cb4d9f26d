/** Everything that is wrong, in one place, each line leading to its field. */
import { useEffect, useState } from 'react';
import { fieldId } from '../lib/field-path.ts';
import { closestField, fieldName } from '../state/field-element.ts';
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
      <p>
        <Icon name="alert" />{' '}
        {problems.length === 1 ? 'One setting needs you:' : `${problems.length} settings need you:`}
      </p>
      <ul>
        {problems.map(({ field, message }) => (
          <li key={`${field} ${message}`}>
            <a href={`#${fieldId(field)}`} onClick={(event) => goTo(event, fieldId(field))}>
              {fieldName(field)}
            </a>
            : {message}
          </li>
        ))}
      </ul>
    </div>
  );
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
