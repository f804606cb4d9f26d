/** Insertion into a template at the cursor. */

export interface Insertion {
  readonly text: string;
  /** Where the cursor stands afterwards, in UTF-16 units. */
  readonly cursor: number;
}

const OPEN_VARIABLE = /\{[\w.|]*(?:\([^)]*\))?$/;

/** `{path}`, or only the path where a brace is open before the cursor. */
export function insertVariable(text: string, start: number, end: number, path: string): Insertion {
  const before = text.slice(0, start);
  return inserted(text, start, end, /\{[^}]*$/.test(before) ? path : `{${path}}`);
}

/** `|name` at the cursor; before the closing brace where the cursor stands right behind a variable. */
export function insertModifier(text: string, start: number, end: number, name: string): Insertion {
  const isBehind = text[start - 1] === '}' && OPEN_VARIABLE.test(text.slice(0, start - 1));
  return isBehind
    ? inserted(text, start - 1, start - 1, `|${name}`)
    : inserted(text, start, end, `|${name}`);
}

function inserted(text: string, start: number, end: number, piece: string): Insertion {
  return { text: text.slice(0, start) + piece + text.slice(end), cursor: start + piece.length };
}
