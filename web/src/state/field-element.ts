/** Elements of the page that edit a field, and what they are called there. */
import { fieldId } from '../lib/field-path.ts';

/** `Real-Debrid, API token`, as the field is labelled; its path where the page has no such field. */
export function fieldName(field: string): string {
  const element = closestField(fieldId(field));
  if (element === null) return field;
  const labels =
    element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement
      ? element.labels
      : null;
  const name =
    labels?.[0]?.textContent ??
    element.ariaLabel ??
    element.querySelector('legend')?.textContent ??
    field;
  const group = element.parentElement?.closest('[role="group"]')?.ariaLabel ?? null;
  return group === null ? name : `${group}, ${name}`;
}

/** A problem may name something within a field, `sr[3]`: then its field is meant. */
export function closestField(id: string): HTMLElement | null {
  for (let part = id; part.includes('-'); part = part.slice(0, part.lastIndexOf('-'))) {
    const element = document.getElementById(part);
    if (element !== null) return element;
  }
  return null;
}
