/** Catalogues in a configuration: `cc` in the order to show them, with those that it does not name after them. */
import { objectsOf, type JsonObject, type JsonValue } from './json.ts';

/**
 * One entry for each catalogue. A configuration that names some has switched the others off;
 * one that names none has all of them.
 */
export function catalogRows(
  chosen: JsonValue | undefined,
  ids: readonly string[],
): readonly JsonObject[] {
  const named = objectsOf(chosen).filter(({ ci }) => typeof ci === 'string');
  const rest = ids.filter((id) => !named.some(({ ci }) => ci === id));
  return [...named, ...rest.map((ci) => (named.length === 0 ? { ci } : { ci, en: false }))];
}

/** Undefined when the rows say what no configuration says. */
export function catalogConfig(
  rows: readonly JsonObject[],
  ids: readonly string[],
): readonly JsonObject[] | undefined {
  const isDefault =
    rows.length === ids.length &&
    rows.every((row, index) => row['ci'] === ids[index] && Object.keys(row).length === 1);
  return isDefault ? undefined : rows;
}
