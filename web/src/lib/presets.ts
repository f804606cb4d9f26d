/** Presets: settings that are put in place of others of their group, and recognised where they are in force. */
import { sameJson, type JsonObject } from './json.ts';

export interface Preset {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly settings: JsonObject;
}

export interface PresetGroup {
  readonly id: string;
  readonly name: string;
  /** Fields that a preset of the group sets or takes back to their defaults. */
  readonly keys: readonly string[];
  readonly presets: readonly Preset[];
}

export function withPreset(
  config: JsonObject,
  { keys }: Pick<PresetGroup, 'keys'>,
  settings: JsonObject,
): JsonObject {
  const kept = Object.entries(config).filter(([key]) => !keys.includes(key));
  return { ...Object.fromEntries(kept), ...settings };
}

export function isInForce(
  config: JsonObject,
  { keys }: Pick<PresetGroup, 'keys'>,
  settings: JsonObject,
  defaults: JsonObject,
): boolean {
  return keys.every((key) =>
    sameJson(config[key] ?? defaults[key], settings[key] ?? defaults[key]),
  );
}
