/** Sources of a user's own in a configuration: which way a server of indexers is used, and what is sent to test one. */
import { isJsonObject, objectsOf, type JsonObject, type JsonValue } from './json.ts';

/** `pr` Prowlarr, `jk` Jackett, `tz` Torznab, `nz` Newznab. */
export type SourceKey = 'pr' | 'jk' | 'tz' | 'nz';
/** `shared`: the server's own, where it has one. */
export type ManagerUse = 'shared' | 'own' | 'off';

export function managerUse(value: JsonValue | undefined): ManagerUse {
  if (!isJsonObject(value)) return 'shared';
  if (value['en'] !== true) return 'off';
  return value['ug'] === false ? 'own' : 'shared';
}

/** The entry for this use; address and key stay in it, in case they are wanted again. Undefined: nothing to keep. */
export function withManagerUse(
  value: JsonValue | undefined,
  use: ManagerUse,
): JsonObject | undefined {
  const { en: _en, ug: _ug, ...kept } = isJsonObject(value) ? value : {};
  if (use === 'own') return { ...kept, en: true, ug: false };
  if (use === 'off') return { ...kept, en: false };
  return Object.keys(kept).length === 0 ? undefined : { ...kept, en: true };
}

/** Of enabled ones. */
export function ownSourceCount(config: JsonObject): number {
  const { ic } = config;
  if (!isJsonObject(ic)) return 0;
  const managers = [ic['pr'], ic['jk']].filter((value) => managerUse(value) === 'own');
  const entries = [...objectsOf(ic['tz']), ...objectsOf(ic['nz'])].filter(({ en }) => en !== false);
  return managers.length + entries.length;
}

/** `ic` with this source alone, enabled: whether it works is asked before it is switched on. */
export function sourceToTest(kind: SourceKey, entry: JsonObject): JsonObject {
  const enabled = { ...entry, en: true };
  return kind === 'pr' || kind === 'jk'
    ? { [kind]: { ...enabled, ug: false } }
    : { [kind]: [enabled] };
}
