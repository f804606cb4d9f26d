/** Services in a configuration: new entries, and what is missing in those that there are. */
import { objectsOf, type JsonObject, type JsonValue } from './json.ts';
import { valueAt } from './field-path.ts';

export interface CredentialSpec {
  /** `tk`, or `qbc.qur` for a field of a nested object. */
  readonly key: string;
  readonly label: string;
  readonly type: 'secret' | 'text' | 'url' | 'number';
  readonly required: boolean;
  readonly help?: string;
  readonly placeholder?: string;
}

export interface ServiceSpec {
  readonly service: string;
  readonly name: string;
  /** Whether this server can play through it. */
  readonly available: boolean;
  readonly credentials: readonly CredentialSpec[];
}

/** A problem of one field; `field` is a path as the server writes it. */
export interface FieldProblem {
  readonly field: string;
  readonly message: string;
  /** Nothing is wrong with what was entered: something was not entered yet. */
  readonly isMissing?: boolean;
}

/** Required credentials that enabled services lack. */
export function missingCredentials(
  config: JsonObject,
  services: readonly ServiceSpec[],
): readonly FieldProblem[] {
  return objectsOf(config['sps']).flatMap((entry, index) => {
    const spec = services.find(({ service }) => service === entry['sv']);
    if (spec === undefined || !spec.available || entry['en'] === false) return [];
    return spec.credentials
      .filter(({ key, required }) => required && !isGiven(valueAt(entry, key)))
      .map(({ key }) => ({
        field: `sps[${index}].${key}`,
        message: `is needed for ${spec.name}`,
        isMissing: true,
      }));
  });
}

/** Without `pr`: the order of the list is the order of the services once somebody has changed it. */
export function inListOrder(entries: readonly JsonObject[]): readonly JsonObject[] {
  return entries.map(({ pr: _priority, ...entry }) => entry as JsonObject);
}

function isGiven(value: JsonValue | undefined): boolean {
  return typeof value === 'number' || (typeof value === 'string' && value.trim() !== '');
}
