/** Removes a row. The focus goes to the section, since the button itself is gone then. */
import type { MouseEvent } from 'react';
import { Icon } from './icon.tsx';

interface Props {
  /** What is removed: `Remove English`. */
  readonly name: string;
  readonly onRemove: () => void;
}

export function RemoveButton({ name, onRemove }: Props) {
  const remove = ({ currentTarget }: MouseEvent<HTMLElement>) => {
    const section = currentTarget.closest('section');
    onRemove();
    section?.focus({ preventScroll: true });
  };
  return (
    <button type="button" className="button icon-only" aria-label={`Remove ${name}`} onClick={remove}><Icon name="trash" /></button>
  );
}
