/** Rows that are added and removed, and the control that adds them: the focus stays among them whatever goes or comes. */
import type { MouseEvent, ReactNode } from 'react';
import { changeThenFocus } from '../state/focus.ts';
import { Icon } from './icon.tsx';

interface RowsProps {
  readonly children: ReactNode;
  readonly className?: string;
}

/** What adds rows is marked with `data-adds`: it has the focus when the last row goes. */
export function Rows({ children, className = 'rows' }: RowsProps) {
  return (
    <div className={className} data-rows="">
      {children}
    </div>
  );
}

interface RemoveProps {
  /** What is removed: `Remove English`. */
  readonly name: string;
  readonly onRemove: () => void;
}

/** Removes a row; the focus goes to the row that takes its place, else to the one before, else to what adds rows. */
export function RemoveButton({ name, onRemove }: RemoveProps) {
  const remove = ({ currentTarget }: MouseEvent<HTMLElement>) => {
    const rows = currentTarget.closest<HTMLElement>('[data-rows]');
    const buttons = () => [...(rows?.querySelectorAll<HTMLElement>('[data-removes]') ?? [])];
    const index = buttons().indexOf(currentTarget);
    changeThenFocus(onRemove, () => {
      const left = buttons();
      return (
        left[Math.min(index, left.length - 1)] ?? rows?.querySelector<HTMLElement>('[data-adds]')
      );
    });
  };
  return (
    <button
      type="button"
      className="button icon-only"
      data-removes=""
      aria-label={`Remove ${name}`}
      onClick={remove}
    >
      <Icon name="trash" />
    </button>
  );
}
