/** Settings as a file: what is written, and what is accepted. */
import { mapCredentials, type TextPaths } from './credentials.ts';
import { isJsonObject, type JsonObject, type JsonValue } from './json.ts';
import { isMasked } from './mask.ts';

const FORMAT = 'sluice-settings';
const VERSION = 1;
/** As the server accepts documents. */
export const FILE_BYTES_MAX = 64 * 1024;

export interface SettingsFile {
  readonly text: string;
  /** Credentials that are not in it. */
  readonly leftOut: number;
}

/** @param withCredentials those that were typed; stored ones are known to the server alone */
export function settingsFile(
  config: JsonObject,
  paths: TextPaths,
  withCredentials: boolean,
): SettingsFile {
  let leftOut = 0;
  const settings = mapCredentials(config, paths, (text) => {
    if (withCredentials && !isMasked(text)) return text;
    leftOut++;
    return undefined;
  });
  return {
    text: `${JSON.stringify({ format: FORMAT, version: VERSION, settings }, null, 2)}\n`,
    leftOut,
  };
}

/** The settings of a file. @throws Error saying what is wrong with it, and what is accepted */
export function readSettingsFile(text: string): JsonObject {
  const document = parsed(text);
  if (!isJsonObject(document) || document['format'] !== FORMAT) {
    throw new Error(`This is no settings file of Sluice: expected "format": "${FORMAT}" in it.`);
  }
  const { version, settings } = document;
  if (typeof version !== 'number' || version < 1)
    throw new Error('The file does not say its version: expected "version": 1.');
  if (version > VERSION)
    throw new Error(
      `The file is of version ${version}, and this page reads version ${VERSION}: update the server first.`,
    );
  if (!isJsonObject(settings))
    throw new Error('The file has no settings: expected "settings" with an object of fields.');
  return settings;
}

function parsed(text: string): JsonValue {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, '')) as JsonValue;
  } catch (error) {
    throw new Error(
      `The file is no JSON, or a part of it is missing (${error instanceof Error ? error.message : 'unreadable'}).`,
    );
  }
}
