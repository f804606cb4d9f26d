/** Stable keys for the rows of a list in the configuration, whose entries have no identity of their own. */
import { useRef } from 'react';
import { moved } from '../lib/reorder.ts';

export interface RowKeys {
  readonly keys: readonly string[];
  /** To be called with the same change that the list gets. */
  readonly move: (from: number, to: number) => void;
  readonly remove: (index: number) => void;
}

let count = 0;

/** @param length of the list; rows are added at its end */
export function useRowKeys(length: number): RowKeys {
  const keys = useRef<readonly string[]>([]);
  if (keys.current.length !== length) {
    keys.current = Array.from({ length }, (_, index) => keys.current[index] ?? `row-${++count}`);
  }
  return {
    keys: keys.current,
    move: (from, to) => {
      keys.current = moved(keys.current, from, to);
    },
    remove: (index) => {
      keys.current = keys.current.toSpliced(index, 1);
    },
  };
}
