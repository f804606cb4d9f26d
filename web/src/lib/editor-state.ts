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

/** Settings that were put in place of others as a whole: a preset, a file. */
export interface Replacement {
  readonly label: string;
  readonly before: JsonObject;
  readonly after: JsonObject;
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
  /** Counts loads and replacements: lists that keep rows of their own begin anew with each. */
  readonly revision: number;
  /** Counts loads alone. */
  readonly loads: number;
  /** The last one that can be undone. */
  readonly replaced: Replacement | null;
  /** Set after a reload: how many credentials have to be typed again. */
  readonly restored: { readonly lost: number } | null;
}

export type EditorAction =
  | { readonly type: 'set'; readonly path: string; readonly value: JsonValue | undefined }
  | { readonly type: 'touch'; readonly path: string }
  | { readonly type: 'unreadable'; readonly path: string; readonly message: string | null }
  | { readonly type: 'load'; readonly config: JsonObject; readonly source: Source | null }
  | {
      readonly type: 'restore';
      readonly config: JsonObject;
      readonly source: Source | null;
      readonly lost: number;
    }
  | { readonly type: 'replace'; readonly config: JsonObject; readonly label: string }
  | { readonly type: 'undo' }
  | { readonly type: 'saved'; readonly config: JsonObject; readonly source: Source };

/** The very same object: nothing was changed yet. */
const NOTHING: JsonObject = {};

export const EMPTY_STATE: EditorState = {
  config: NOTHING,
  saved: NOTHING,
  source: null,
  touched: new Set(),
  unreadable: new Map(),
  revision: 0,
  loads: 0,
  replaced: null,
  restored: null,
};

export function editorReducer(state: EditorState, action: EditorAction): EditorState {
  switch (action.type) {
    case 'set':
      return { ...state, config: withValueAt(state.config, action.path, action.value) };
    case 'touch':
      return state.touched.has(action.path)
        ? state
        : { ...state, touched: new Set([...state.touched, action.path]) };
    case 'unreadable':
      return withUnreadable(state, action.path, action.message);
    case 'load':
      return { ...loadedState(state, action.config, action.source), saved: action.config };
    case 'restore':
      return {
        ...loadedState(state, action.config, action.source),
        restored: { lost: action.lost },
      };
    case 'replace':
      return {
        ...state,
        config: action.config,
        revision: state.revision + 1,
        unreadable: new Map(),
        replaced: { label: action.label, before: state.config, after: action.config },
      };
    case 'undo':
      return state.replaced === null
        ? state
        : {
            ...state,
            config: undone(state.config, state.replaced),
            revision: state.revision + 1,
            unreadable: new Map(),
            replaced: null,
          };
    case 'saved':
      return { ...state, saved: action.config, source: action.source, restored: null };
  }
}

function loadedState(
  { revision, loads }: EditorState,
  config: JsonObject,
  source: Source | null,
): EditorState {
  return { ...EMPTY_STATE, config, source, revision: revision + 1, loads: loads + 1 };
}

/** What the replacement changed is as it was before; what was changed since then, elsewhere, stays. */
function undone(config: JsonObject, { before, after }: Replacement): JsonObject {
  const changed = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (key) => before[key] !== after[key],
  );
  const kept = Object.entries(config).filter(([key]) => !changed.includes(key));
  const back = Object.entries(before).filter(([key]) => changed.includes(key));
  return Object.fromEntries([...kept, ...back]);
}

function withUnreadable(state: EditorState, path: string, message: string | null): EditorState {
  if ((state.unreadable.get(path) ?? null) === message) return state;
  const unreadable = new Map(state.unreadable);
  if (message === null) unreadable.delete(path);
  else unreadable.set(path, message);
  return { ...state, unreadable };
}
