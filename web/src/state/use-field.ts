/** One field of the configuration: its value or default, how to change it, and what is wrong with it. */
import { fieldId, valueAt } from '../lib/field-path.ts';
import type { JsonValue } from '../lib/json.ts';
import { dispatch, useEditor } from './editor-store.ts';
import { useOptions, useProblems } from './page-context.ts';

export interface Field {
  readonly id: string;
  /** The default where the configuration says nothing. */
  readonly value: JsonValue | undefined;
  readonly problem: string | null;
  /** Undefined removes the field from the configuration. */
  readonly set: (value: JsonValue | undefined) => void;
  readonly touch: () => void;
}

/** @param path as the server names the field: `sps[0].tk` */
export function useField(path: string): Field {
  const { defaults } = useOptions();
  const value = useEditor(({ config }) => valueAt(config, path));
  const isTouched = useEditor(({ touched }) => touched.has(path));
  const found = useProblems().find(({ field }) => field === path);
  const problem =
    found === undefined || (found.isMissing === true && !isTouched) ? null : found.message;
  return {
    id: fieldId(path),
    value: value ?? valueAt(defaults, path),
    problem,
    set: (next) => dispatch({ type: 'set', path, value: next }),
    touch: () => dispatch({ type: 'touch', path }),
  };
}
