/**
 * Characters that end or hide a line: controls (CR, LF, NUL, …) and Unicode's line and paragraph separators. In a text that
 * a user sends they are mistakes; in a header, a log or a manifest they would be somebody else's line.
 */
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}]/u;
const CONTROL_RUNS = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;
const CONTROL_IN_LINES = /(?!\n)[\p{Cc}\p{Zl}\p{Zp}]/u;
const CONTROL_RUNS_IN_LINES = /(?:(?!\n)[\p{Cc}\p{Zl}\p{Zp}])+/gu;

/** @param multiline whether the text may have line feeds */
export function hasControlCharacter(text: string, multiline = false): boolean {
  return (multiline ? CONTROL_IN_LINES : CONTROL).test(text);
}

/** Each run of them becomes a space. @param multiline whether line feeds stay */
export function foldControlCharacters(text: string, multiline = false): string {
  return text.replace(multiline ? CONTROL_RUNS_IN_LINES : CONTROL_RUNS, ' ').trim();
}
