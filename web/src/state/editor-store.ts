/** One store for the page; components subscribe to the part of it that they show. */
import { useSyncExternalStore } from 'react';
import {
  EMPTY_STATE,
  editorReducer,
  type EditorAction,
  type EditorState,
} from '../lib/editor-state.ts';

let state: EditorState = EMPTY_STATE;
const listeners = new Set<() => void>();

export function dispatch(action: EditorAction): void {
  const next = editorReducer(state, action);
  if (next === state) return;
  state = next;
  for (const listener of listeners) listener();
}

/** The state outside of rendering: in event handlers. */
export function editorState(): EditorState {
  return state;
}

/** @param select must return the same value for the same state */
export function useEditor<T>(select: (state: EditorState) => T): T {
  return useSyncExternalStore(subscribe, () => select(state));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
