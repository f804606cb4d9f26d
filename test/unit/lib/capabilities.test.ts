/** Protects that no setting does nothing without a word: what nothing reads belongs to a capability that is missing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CAPABILITIES,
  Capabilities,
  EVERYWHERE,
  type Capability,
  type CapabilityName,
} from '../../../src/lib/capabilities.ts';
import type { JsonObject, JsonValue } from '../../../src/lib/json/json-value.ts';
import { USER_CONFIG_FIELDS } from '../../../src/lib/user-config/fields.ts';
import type { Fields, Shape } from '../../../src/lib/user-config/schema.ts';
import { SERVICES } from '../../../src/lib/user-config/services.ts';
import { ownServices } from '../../../src/lib/user-config/own-services.ts';
import { ownSources } from '../../../src/lib/user-config/own-sources.ts';
import { readUserConfig } from '../../../src/lib/user-config/user-config.ts';

/** One value for every field, so that a reader has something to read. */
function sample(shape: Shape): JsonValue {
  switch (shape.kind) {
    case 'boolean':
      return true;
    case 'number':
      return shape.min;
    case 'size':
      return 1;
    case 'choice':
      return (
        [...shape.values.values()].find((value) => value === 'include') ??
        [...shape.values.values()][0] ??
        ''
      );
    case 'list':
      return [sample(shape.item), sample(shape.item)];
    case 'record':
      return { name: sample(shape.item) };
    case 'object':
      return sampleObject(shape.fields);
    case 'text':
    case 'url':
    case 'kept':
      return 'text';
  }
}

function sampleObject(fields: Fields): JsonObject {
  return Object.fromEntries(fields.all.map(({ short, shape }) => [short, sample(shape)]));
}

/** Paths of all fields that have none below them. `sp`, the one provider of old configurations, counts as `sps`. */
function leaves(fields: Fields, path = ''): string[] {
  return fields.all.flatMap(({ short, shape }) => {
    const inner = shape.kind === 'list' ? shape.item : shape;
    const at = `${path}${path === '' && short === 'sp' ? 'sps' : short}`;
    return inner.kind === 'object' ? leaves(inner.fields, `${at}.`) : [at];
  });
}

/** Notes the path of whatever is read. */
function watched<T extends object>(value: T, path: string, read: Set<string>): T {
  return new Proxy(value, {
    get(target, key) {
      const found: unknown = Reflect.get(target, key);
      if (typeof key !== 'string' || (Array.isArray(target) && !/^\d+$/.test(key))) return found;
      const at = Array.isArray(target) ? path : `${path}${path === '' ? '' : '.'}${key}`;
      if (typeof found === 'object' && found !== null) return watched(found, at, read);
      read.add(at);
      return found;
    },
  });
}

function fieldsRead(): ReadonlySet<string> {
  const read = new Set<string>();
  const config = watched(sampleObject(USER_CONFIG_FIELDS), '', read);
  readUserConfig(config);
  ownServices(config, (text) => text);
  ownSources(config, { isAllowed: true, proxyUrl: null, digest: (text) => text });
  return read;
}

const ALL: readonly Capability[] = Object.values(CAPABILITIES);
const isWithin = (field: string, parent: string) =>
  field === parent || field.startsWith(`${parent}.`);

test('every field that nothing reads belongs to a capability that is not there', () => {
  const read = fieldsRead();
  assert.ok(
    read.has('sps.sv') && read.has('mxs') && read.has('st.t') && !read.has('tmdb.ak'),
    [...read].join(' '),
  );
  // Credentials are read by the service that they are for: its own suite says so.
  const missing = ALL.flatMap(({ available, fields }) =>
    available === false ? fields : fields.filter((field) => field.startsWith('sps.')),
  );
  const silent = leaves(USER_CONFIG_FIELDS).filter(
    (field) =>
      ![...read].some((path) => isWithin(path, field)) &&
      !missing.some((parent) => isWithin(field, parent)),
  );
  assert.deepEqual(silent, []);
});

test('every path of the table is a field', () => {
  const fields = leaves(USER_CONFIG_FIELDS);
  for (const parent of ALL.flatMap((capability) => capability.fields)) {
    assert.ok(
      fields.some((field) => isWithin(field, parent)),
      parent,
    );
  }
});

test('every service has its row, and a name that nobody knows is not available', () => {
  for (const { service } of SERVICES)
    assert.equal(typeof EVERYWHERE.table()[service], 'boolean', service);
  assert.equal(EVERYWHERE.has('p2p'), true);
  assert.equal(EVERYWHERE.has('not-a-service'), false);
  assert.equal(EVERYWHERE.has('toString'), false);
});

test('an instance has what it grants of the rows that depend on it, and grants no other', () => {
  for (const [name, { available }] of Object.entries(CAPABILITIES)) {
    const granted = new Capabilities([name as CapabilityName]);
    assert.equal(granted.has(name), available !== false, name);
    assert.equal(granted.table()[name], available !== false, name);
    assert.equal(EVERYWHERE.has(name), available === true, name);
  }
});
