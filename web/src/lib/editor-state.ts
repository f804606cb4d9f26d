/** The state of the page as one reducer: the configuration that is edited, and where it came from. */
import { withValueAt } from './field-path.ts';
import type { JsonObject, JsonValue } from './json.ts';

/** What the masked values of a configuration were read from. */
export interface Source {
  readonly secret: string;
  readonly kind: 'token' | 'profile' | 'legacy';
  /** Of a stored profile: the server shows it to its owner only. */
  readonly ownerKey?: string;
}

export interface EditorState {
  readonly config: JsonObject;
  /** As it was loaded or last saved. */
  readonly saved: JsonObject;
  readonly source: Source | null;
  /** Fields that the user has left once: only these complain about being empty. */
  readonly touched: ReadonlySet<string>;
  /** What was typed and cannot be read, by field: the configuration still holds what was there before. */
  readonly unreadable: ReadonlyMap<string, string>;
  /** Counts loads: lists that keep rows of their own begin anew with each. */
  readonly revision: number;
}

export type EditorAction =
  | { readonly type: 'set'; readonly path: string; readonly value: JsonValue | undefined }
  | { readonly type: 'touch'; readonly path: string }
  | { readonly type: 'unreadable'; readonly path: string; readonly message: string | null }
  | { readonly type: 'load'; readonly config: JsonObject; readonly source: Source | null }
  | { readonly type: 'saved'; readonly config: JsonObject; readonly source: Source };

export const EMPTY_STATE: EditorState = { config: {}, saved: {}, source: null, touched: new Set(), unreadable: new Map(), revision: 0 };

export function editorReducer(state: EditorState, action: EditorAction): EditorState {
  switch (action.type) {
    case 'set':
      return { ...state, config: withValueAt(state.config, action.path, action.value) };
    case 'touch':
      return state.touched.has(action.path) ? state : { ...state, touched: new Set([...state.touched, action.path]) };
    case 'unreadable':
      return withUnreadable(state, action.path, action.message);
    case 'load':
      return {
        ...EMPTY_STATE, config: action.config, saved: action.config, source: action.source, revision: state.revision + 1,
      };
    case 'saved':
      return { ...state, saved: action.config, source: action.source };
  }
}

function withUnreadable(state: EditorState, path: string, message: string | null): EditorState {
  if ((state.unreadable.get(path) ?? null) === message) return state;
  const unreadable = new Map(state.unreadable);
  if (message === null) unreadable.delete(path);
  else unreadable.set(path, message);
  return { ...state, unreadable };
}
