/** Protects presets: each is accepted as it stands, stays within its group, and differs from every other one of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PRESET_GROUPS } from '../../../../src/features/configure/presets.ts';
import { acceptUserConfig } from '../../../../src/lib/user-config/user-config.ts';

test('every preset is a configuration in canonical form, of the keys of its group', () => {
  for (const { id, keys, presets } of PRESET_GROUPS) {
    for (const { name, settings } of presets) {
      assert.deepEqual(acceptUserConfig(settings), settings, name);
      for (const key of Object.keys(settings))
        assert.ok(keys.includes(key), `${name}: ${key} is not a key of ${id}`);
    }
    assert.equal(
      new Set(presets.map(({ settings }) => JSON.stringify(settings))).size,
      presets.length,
      id,
    );
    assert.deepEqual(presets[0]?.settings, {}, `the first of ${id} is what everybody begins with`);
  }
});

test('presets of different groups have no key in common: they go together', () => {
  const keys = PRESET_GROUPS.flatMap((group) => group.keys);
  assert.equal(new Set(keys).size, keys.length);
});
