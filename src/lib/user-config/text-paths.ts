/** Which texts of a configuration may be kept and shown: every other one counts as a credential. */
import type { Fields, Shape } from './schema.ts';

export interface TextPaths {
  /** Paths of short keys, `[]` for any entry of a list: `sps[].sv`. */
  readonly open: readonly string[];
  /** The same, of addresses: open unless they carry a user, a password or a query. */
  readonly addresses: readonly string[];
}

export function textPaths(schema: Fields): TextPaths {
  const open: string[] = [];
  const addresses: string[] = [];
  const visit = (shape: Shape, path: string): void => {
    if (shape.kind === 'object')
      for (const field of shape.fields.all) visit(field.shape, `${path}.${field.short}`);
    else if (shape.kind === 'list') visit(shape.item, `${path}[]`);
    else if (shape.kind === 'url') addresses.push(path);
    else if (
      shape.kind === 'choice' ||
      shape.kind === 'size' ||
      (shape.kind === 'text' && !shape.secret)
    )
      open.push(path);
  };
  for (const { short, shape } of schema.all) visit(shape, short);
  return { open, addresses };
}
