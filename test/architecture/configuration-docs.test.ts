/** Protects docs/configuration.md and docs/stream-templates.md: every field, variable and modifier that there is stands in them. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { INSTRUCTIONS_MAX } from '../../src/lib/name-filter/name-filter.ts';
import { MODIFIERS } from '../../src/lib/stream-template/modifiers.ts';
import { STREAM_VARIABLES } from '../../src/lib/stream-template/stream-variables.ts';
import { USER_CONFIG_FIELDS } from '../../src/lib/user-config/fields.ts';
import type { Fields, Shape } from '../../src/lib/user-config/schema.ts';

function keysOf({ all }: Fields): readonly string[] {
  return all.flatMap(({ short, shape }) => [short, ...keysOfShape(shape)]);
}

function keysOfShape(shape: Shape): readonly string[] {
  if (shape.kind === 'object') return keysOf(shape.fields);
  return shape.kind === 'list' || shape.kind === 'record' ? keysOfShape(shape.item) : [];
}

test('docs/configuration.md names every key, and every long alias of the document', async () => {
  const text = await readFile('docs/configuration.md', 'utf8');
  for (const key of new Set(keysOf(USER_CONFIG_FIELDS)))
    assert.ok(text.includes(`\`${key}\``), `the key ${key}`);
  for (const alias of USER_CONFIG_FIELDS.byKey.keys())
    assert.ok(text.includes(`\`${alias}\``), `the alias ${alias}`);
});

test('docs/configuration.md says how large regular expressions may be', async () => {
  const text = await readFile('docs/configuration.md', 'utf8');
  assert.ok(text.includes(`at most ${INSTRUCTIONS_MAX.toLocaleString('en')} instructions`));
});

test('docs/stream-templates.md names every variable and modifier', async () => {
  const text = await readFile('docs/stream-templates.md', 'utf8');
  for (const { path } of STREAM_VARIABLES) assert.ok(text.includes(`\`${path}\``), path);
  for (const name of MODIFIERS.keys()) assert.ok(new RegExp(`\`${name}[\`(]`).test(text), name);
});
