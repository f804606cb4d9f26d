/** Moves the focus along with a change, so that nobody is left on a control that is gone or next to a field that is new. */
import { flushSync } from 'react-dom';

/** @param target found after the change is in the page; null leaves the focus where it is */
export function changeThenFocus(
  change: () => void,
  target: () => HTMLElement | null | undefined,
): void {
  flushSync(change);
  target()?.focus();
}

/** The first control of an element that can be used: where typing begins in a new row. */
export function firstControl(element: HTMLElement | null | undefined): HTMLElement | null {
  return (
    element?.querySelector<HTMLElement>(
      'input:enabled:not([role="switch"]), textarea:enabled, select:enabled',
    ) ?? null
  );
}
