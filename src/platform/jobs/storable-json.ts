/** JSON as `jsonb` takes it: NUL and halves of surrogate pairs, which it refuses, become other characters. */

export function storableJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'string' ? part.replaceAll('\0', ' ').toWellFormed() : part,
  );
}
