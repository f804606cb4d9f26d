/** Puts the settings of a file into the editor, once the server has found nothing wrong with them. */
import { openSecret, seal } from '../api/calls.ts';
import { ApiError } from '../api/http.ts';
import { valueAt } from '../lib/field-path.ts';
import { mapCredentials, type TextPaths } from '../lib/credentials.ts';
import { isMasked } from '../lib/mask.ts';
import { FILE_BYTES_MAX, readSettingsFile } from '../lib/settings-file.ts';
import type { JsonObject } from '../lib/json.ts';
import { dispatch } from './editor-store.ts';
import { fieldName } from './field-element.ts';

const TIMEOUT_MS = 15_000;
const PROBLEMS_SHOWN = 5;

/** @throws Error with everything that is wrong; the editor is as it was then */
export async function importSettings(file: File, paths: TextPaths): Promise<void> {
  if (file.size > FILE_BYTES_MAX)
    throw new Error(`The file has ${file.size} bytes: expected at most ${FILE_BYTES_MAX}.`);
  const given = readSettingsFile(await file.text());
  // Masks stand for what some server has stored: of no use here.
  const settings = mapCredentials(given, paths, (text) => (isMasked(text) ? undefined : text));
  dispatch({ type: 'replace', label: file.name, config: await checked(settings, paths) });
}

/** As the server writes them, with their credentials. */
async function checked(settings: JsonObject, paths: TextPaths): Promise<JsonObject> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const { encrypted_str: token } = await seal(settings, null, signal);
    const { data } = await openSecret(token, null, signal);
    return mapCredentials(data, paths, (text, path) => {
      if (!isMasked(text)) return text;
      const given = valueAt(settings, path);
      return typeof given === 'string' ? given : undefined;
    });
  } catch (error) {
    // Accepted, and too long for an address: a stored profile holds it.
    if (error instanceof ApiError && error.code === 'config.too-large') return settings;
    throw error instanceof ApiError && error.problems.length > 0
      ? new Error(problemsText(error))
      : error;
  }
}

function problemsText({ problems }: ApiError): string {
  const lines = problems
    .slice(0, PROBLEMS_SHOWN)
    .map(({ field, message }) => `${nameAndKey(field)}: ${message}`);
  const more = problems.length - lines.length;
  return `The settings in the file are not accepted. ${lines.join('. ')}${more > 0 ? `, and ${more} more` : ''}.`;
}

/** `Most streams (mxs)`: what the page calls it, and where it stands in the file. */
function nameAndKey(field: string): string {
  const name = fieldName(field);
  return name === field ? field : `${name} (${field})`;
}
