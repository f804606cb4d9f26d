/** Bencodes what a test describes, as it is described: keys in the order of the entries, right or wrong. */

export type Bencodable =
  | number
  | bigint
  | string
  | Uint8Array
  | readonly Bencodable[]
  | { readonly [key: string]: Bencodable };

export function bencode(value: Bencodable): Buffer {
  if (typeof value === 'number' || typeof value === 'bigint') return Buffer.from(`i${value}e`);
  if (typeof value === 'string') return bencode(Buffer.from(value));
  if (value instanceof Uint8Array)
    return Buffer.concat([Buffer.from(`${value.byteLength}:`), value]);
  if (Array.isArray(value)) return wrapped('l', value.map(bencode));
  return wrapped(
    'd',
    Object.entries(value).flatMap(([key, entry]) => [bencode(key), bencode(entry)]),
  );
}

function wrapped(kind: 'l' | 'd', parts: readonly Buffer[]): Buffer {
  return Buffer.concat([Buffer.from(kind), ...parts, Buffer.from('e')]);
}
