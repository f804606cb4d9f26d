/**
 * A list whose rows are put in order by dragging their handle, or with the keyboard: arrow keys on a handle move
 * its row at once, and space picks it up in the way that screen readers announce.
 */
import {
  DndContext,
  KeyboardSensor,
  PointerSensor,
  closestCenter,
  useSensor,
  useSensors,
  type Announcements,
  type DragEndEvent,
  type UniqueIdentifier,
} from '@dnd-kit/core';
import {
  SortableContext,
  sortableKeyboardCoordinates,
  useSortable,
  verticalListSortingStrategy,
} from '@dnd-kit/sortable';
import { CSS } from '@dnd-kit/utilities';
import { useId, type KeyboardEvent, type ReactNode } from 'react';
import { Icon } from './icon.tsx';

export interface SortableRow {
  /** Unique in the list, and the same after a move. */
  readonly key: string;
  /** What the row is called: `Reorder English`. */
  readonly name: string;
  readonly content: ReactNode;
  readonly className?: string;
}

interface Props {
  readonly label: string;
  readonly rows: readonly SortableRow[];
  readonly onMove: (from: number, to: number) => void;
  readonly className?: string;
}

/** A press is a drag from here on, in pixels: clicks stay clicks. */
const DRAG_DISTANCE = 4;
const INSTRUCTIONS = {
  draggable:
    'Arrow up and arrow down move the row. Or press space to pick it up, arrow keys to move it, space to drop it, ' +
    'escape to cancel.',
};

export function SortableList({ label, rows, onMove, className = '' }: Props) {
  const sensors = useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: DRAG_DISTANCE } }),
    useSensor(KeyboardSensor, { coordinateGetter: sortableKeyboardCoordinates }),
  );
  const keys = rows.map(({ key }) => key);
  const finish = ({ active, over }: DragEndEvent) => {
    if (over !== null && active.id !== over.id)
      onMove(keys.indexOf(String(active.id)), keys.indexOf(String(over.id)));
  };
  return (
    <DndContext
      id={useId()}
      sensors={sensors}
      collisionDetection={closestCenter}
      onDragEnd={finish}
      accessibility={{
        announcements: announcementsOf(rows),
        screenReaderInstructions: INSTRUCTIONS,
      }}
    >
      <SortableContext items={keys} strategy={verticalListSortingStrategy}>
        <ol className={`sortable ${className}`} aria-label={label}>
          {rows.map((row, index) => (
            <Row key={row.key} row={row} index={index} count={rows.length} onMove={onMove} />
          ))}
        </ol>
      </SortableContext>
    </DndContext>
  );
}

interface RowProps {
  readonly row: SortableRow;
  readonly index: number;
  readonly count: number;
  readonly onMove: Props['onMove'];
}

function Row({ row, index, count, onMove }: RowProps) {
  const sortable = useSortable({ id: row.key });
  const { attributes, listeners, isDragging, transform, transition } = sortable;
  const moveByKey = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0;
    if (step === 0 || isDragging) {
      listeners?.['onKeyDown']?.(event);
      return;
    }
    event.preventDefault();
    const to = index + step;
    if (to >= 0 && to < count) onMove(index, to);
  };
  return (
    <li
      ref={sortable.setNodeRef}
      className={`sortable-row ${row.className ?? ''} ${isDragging ? 'is-dragging' : ''}`}
      style={{ transform: CSS.Translate.toString(transform), transition }}
    >
      <button
        ref={sortable.setActivatorNodeRef}
        type="button"
        className="handle"
        {...listeners}
        onKeyDown={moveByKey}
        aria-label={`Reorder ${row.name}`}
        aria-describedby={attributes['aria-describedby']}
        aria-roledescription="sortable handle"
      >
        <Icon name="grip" />
      </button>
      <div className="sortable-content">{row.content}</div>
    </li>
  );
}

function announcementsOf(rows: readonly SortableRow[]): Announcements {
  const nameOf = (id: UniqueIdentifier) => rows.find(({ key }) => key === id)?.name ?? '';
  const placeOf = (id: UniqueIdentifier) =>
    `place ${rows.findIndex(({ key }) => key === id) + 1} of ${rows.length}`;
  return {
    onDragStart: ({ active }) => `${nameOf(active.id)} picked up, ${placeOf(active.id)}.`,
    onDragOver: ({ active, over }) =>
      over === null ? undefined : `${nameOf(active.id)}: ${placeOf(over.id)}.`,
    onDragEnd: ({ active, over }) =>
      over === null ? undefined : `${nameOf(active.id)} dropped, ${placeOf(over.id)}.`,
    onDragCancel: ({ active }) => `${nameOf(active.id)} is back in its place.`,
  };
}
