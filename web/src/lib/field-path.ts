/** Paths into a configuration, written as the server names fields in its errors: `sps[1].qbc.qur`. */
import { isJsonObject, type JsonObject, type JsonValue } from './json.ts';

type Step = string | number;

/** Steps of a path: `sps[1].tk` is `sps`, 1, `tk`. */
export function parsePath(path: string): readonly Step[] {
  return [...path.matchAll(/\[(\d+)\]|([^.[\]]+)/g)].map(([, index, key]) =>
    index === undefined ? (key ?? '') : Number(index),
  );
}

/** The value at a path, undefined where the path leads nowhere. */
export function valueAt(root: JsonValue | undefined, path: string): JsonValue | undefined {
  let value: JsonValue | undefined = root;
  for (const step of parsePath(path)) value = childOf(value, step);
  return value;
}

/**
 * A copy with another value at a path; undefined removes what is there, and the objects that this leaves empty.
 * Objects and lists on the way are made as needed; everything beside the path is shared with the original.
 */
export function withValueAt(
  root: JsonObject,
  path: string,
  value: JsonValue | undefined,
): JsonObject {
  const changed = changedAt(root, parsePath(path), value);
  return isJsonObject(changed) ? changed : {};
}

/** Id of the element that edits the field: `f-sps-1-tk`. */
export function fieldId(path: string): string {
  return `f-${path.replaceAll(/\W+/g, '-').replace(/-$/, '')}`;
}

function childOf(value: JsonValue | undefined, step: Step): JsonValue | undefined {
  if (typeof step === 'number')
    return Array.isArray(value) ? (value as readonly JsonValue[])[step] : undefined;
  return isJsonObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
}

function changedAt(
  parent: JsonValue | undefined,
  steps: readonly Step[],
  value: JsonValue | undefined,
): JsonValue | undefined {
  const [step, ...rest] = steps;
  if (step === undefined) return value;
  const child = changedAt(childOf(parent, step), rest, value);
  return typeof step === 'number'
    ? changedList(parent, step, child)
    : changedObject(parent, step, child);
}

function changedList(
  parent: JsonValue | undefined,
  index: number,
  child: JsonValue | undefined,
): JsonValue {
  const list = Array.isArray(parent) ? [...(parent as readonly JsonValue[])] : [];
  if (child === undefined) list.splice(index, 1);
  else list[Math.min(index, list.length)] = child;
  return list;
}

function changedObject(
  parent: JsonValue | undefined,
  key: string,
  child: JsonValue | undefined,
): JsonValue | undefined {
  const object = isJsonObject(parent) ? parent : {};
  if (child !== undefined) return { ...object, [key]: child };
  const { [key]: _removed, ...kept } = object;
  return Object.keys(kept).length === 0 ? undefined : kept;
}
