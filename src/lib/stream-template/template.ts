/**
 * The template language of stream names and descriptions (docs/stream-templates.md), compiled once per
 * configuration to closures. A template can neither run code nor grow its output or its time without bound:
 * length, nesting, parts and modifiers are limited, and a row has a budget of characters.
 */
import { parseCondition, type Condition } from './condition.ts';
import { MODIFIERS, MODIFIER_ALIASES, bounded, type Modifier } from './modifiers.ts';
import { TemplateError } from './template-error.ts';
import { textOf, type TemplateValue } from './value.ts';

/** What a row of type R has to say, by path: `stream.size`. */
export type VariableTable<R> = ReadonlyMap<string, (row: R) => TemplateValue>;

/** The text for one row, without blank lines. */
export type Template<R> = (row: R) => string;

export const TEMPLATE_LIMITS = {
  charsMax: 10_000,
  nestingMax: 10,
  modifiersMax: 10,
  partsMax: 500,
  argumentCharsMax: 200,
  outputCharsMax: 2000,
} as const;

/** Characters that modifiers and output may touch for one row; beyond it the row's text ends. */
const BUDGET_CHARS = 20_000;

interface Output {
  text: string;
  budgetChars: number;
}

type Part<R> = (row: R, output: Output) => void;

/** @throws TemplateError saying what is wrong, and in which line */
export function compileTemplate<R>(source: string, variables: VariableTable<R>): Template<R> {
  if (source.length > TEMPLATE_LIMITS.charsMax) {
    throw new TemplateError(
      `${source.length} characters: expected at most ${TEMPLATE_LIMITS.charsMax}`,
      0,
      source,
    );
  }
  const parts = new TemplateParser(source, variables).parse();
  return (row) => {
    const output: Output = { text: '', budgetChars: BUDGET_CHARS };
    writeParts(parts, row, output);
    return withoutBlankLines(bounded(output.text));
  };
}

function writeParts<R>(parts: readonly Part<R>[], row: R, output: Output): void {
  for (const part of parts) {
    if (output.budgetChars <= 0) return;
    part(row, output);
  }
}

function append(output: Output, text: string): void {
  output.text += text;
  output.budgetChars -= text.length + 1;
  if (output.text.length >= TEMPLATE_LIMITS.outputCharsMax) output.budgetChars = 0;
}

/** Blanks at the end of a line are left out with the lines that hold nothing else. */
function withoutBlankLines(text: string): string {
  if (!text.includes('\n')) return text.trim();
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .join('\n')
    .trim();
}

interface Branch<R> {
  readonly condition: Condition<R> | null;
  readonly parts: Part<R>[];
}

interface OpenIf<R> {
  readonly at: number;
  readonly branches: Branch<R>[];
}

class TemplateParser<R> {
  readonly #source: string;
  readonly #variables: VariableTable<R>;
  readonly #open: OpenIf<R>[] = [];
  #parts: Part<R>[] = [];
  readonly #root = this.#parts;
  #count = 0;
  #at = 0;

  constructor(source: string, variables: VariableTable<R>) {
    this.#source = source;
    this.#variables = variables;
  }

  parse(): readonly Part<R>[] {
    let at = 0;
    while (at < this.#source.length) {
      const brace = this.#source.indexOf('{', at);
      if (brace === -1) break;
      this.#text(this.#source.slice(at, brace));
      this.#at = brace;
      if (this.#source[brace + 1] === '{') {
        this.#text('{');
        at = brace + 2;
      } else {
        at = this.#tag(brace);
      }
    }
    this.#text(this.#source.slice(at));
    const open = this.#open.at(-1);
    if (open !== undefined) throw new TemplateError('{if …} without {/if}', open.at, this.#source);
    return this.#root;
  }

  #fail(message: string): never {
    throw new TemplateError(message, this.#at, this.#source);
  }

  #add(part: Part<R>): void {
    if (++this.#count > TEMPLATE_LIMITS.partsMax)
      this.#fail(`more than ${TEMPLATE_LIMITS.partsMax} parts`);
    this.#parts.push(part);
  }

  #text(given: string): void {
    const text = given.replaceAll('}}', '}');
    if (text !== '') this.#add((_row, output) => append(output, text));
  }

  /** Returns the position behind the tag that begins at `brace`. */
  #tag(brace: number): number {
    const end = tagEnd(this.#source, brace + 1);
    if (end === -1) this.#fail('{ without }; a brace itself is written {{');
    const tag = this.#source.slice(brace + 1, end).trim();
    const [, word = '', rest = ''] = /^(if|elif|else|\/if)(?:\s+([\s\S]*))?$/i.exec(tag) ?? [];
    switch (word.toLowerCase()) {
      case 'if':
        this.#beginIf(rest);
        break;
      case 'elif':
        this.#nextBranch(this.#condition(rest), 'elif');
        break;
      case 'else':
        this.#nextBranch(null, 'else');
        break;
      case '/if':
        this.#endIf();
        break;
      default:
        this.#placeholder(tag);
    }
    return end + 1;
  }

  #condition(source: string): Condition<R> {
    return parseCondition(source, {
      variable: (path) => this.#variables.get(path),
      fail: (message) => this.#fail(message),
    });
  }

  #beginIf(source: string): void {
    const { nestingMax } = TEMPLATE_LIMITS;
    if (this.#open.length >= nestingMax) this.#fail(`{if} nested deeper than ${nestingMax} levels`);
    const branches: Branch<R>[] = [];
    // Before the new level is open: its place is among the parts around it.
    this.#add((row, output) => {
      const branch = branches.find(({ condition }) => condition === null || condition(row));
      output.budgetChars -= 10;
      if (branch !== undefined) writeParts(branch.parts, row, output);
    });
    this.#open.push({ at: this.#at, branches });
    this.#beginBranch(branches, this.#condition(source));
  }

  #nextBranch(condition: Condition<R> | null, word: string): void {
    const open = this.#open.at(-1);
    if (open === undefined) this.#fail(`{${word}} without {if …}`);
    if (open.branches.at(-1)?.condition === null) this.#fail(`{${word}} after {else}`);
    this.#beginBranch(open.branches, condition);
  }

  #beginBranch(branches: Branch<R>[], condition: Condition<R> | null): void {
    const parts: Part<R>[] = [];
    branches.push({ condition, parts });
    this.#parts = parts;
  }

  #endIf(): void {
    if (this.#open.pop() === undefined) this.#fail('{/if} without {if …}');
    this.#parts = this.#open.at(-1)?.branches.at(-1)?.parts ?? this.#root;
  }

  #placeholder(tag: string): void {
    const [path = '', ...modifiers] = splitOutside(tag, '|');
    if (!/^[\w.]+$/.test(path))
      this.#fail(`{${tag.slice(0, 40)}}: expected a variable, for example {stream.quality}`);
    if (modifiers.length > TEMPLATE_LIMITS.modifiersMax)
      this.#fail(`more than ${TEMPLATE_LIMITS.modifiersMax} modifiers`);
    const read = this.#variables.get(path);
    const steps = modifiers.map((modifier) => this.#modifier(modifier));
    if (read === undefined) return;
    this.#add((row, output) => {
      let value = read(row);
      for (const step of steps) {
        value = step(value);
        output.budgetChars -= 10 + (typeof value === 'string' ? value.length : 0);
      }
      append(output, bounded(textOf(value)));
    });
  }

  #modifier(source: string): (value: TemplateValue) => TemplateValue {
    const [, given = '', inner] = /^(\w+)(?:\(([\s\S]*)\))?$/.exec(source) ?? [];
    const name = given.toLowerCase();
    const spec = MODIFIERS.get(MODIFIER_ALIASES.get(name) ?? name);
    if (spec === undefined) {
      const accepted = [...MODIFIERS.keys()].join(', ');
      this.#fail(
        `there is no modifier ${JSON.stringify(source.slice(0, 40))}: expected one of ${accepted}`,
      );
    }
    const args =
      inner === undefined || inner.trim() === ''
        ? []
        : splitOutside(inner, ',', false).map(argumentOf);
    const [min, max] = spec.args;
    if (args.length < min || args.length > max) {
      this.#fail(
        `${name} takes ${min === max ? min : `${min} to ${max}`} arguments, not ${args.length}`,
      );
    }
    if (args.some((argument) => argument.length > TEMPLATE_LIMITS.argumentCharsMax)) {
      this.#fail(
        `an argument of ${name} is longer than ${TEMPLATE_LIMITS.argumentCharsMax} characters`,
      );
    }
    const apply: Modifier = spec.apply;
    return (value) => apply(value, args);
  }
}

/** Position of the `}` that ends a tag, or −1; quoted ones do not. */
function tagEnd(source: string, from: number): number {
  let quote = '';
  for (let at = from; at < source.length; at++) {
    const char = source[at] ?? '';
    if (quote !== '') {
      if (char === quote) quote = '';
    } else if (char === '}') {
      return at;
    } else if ((char === "'" || char === '"') && source.indexOf(char, at + 1) !== -1) {
      quote = char;
    }
  }
  return -1;
}

/** Splits at `separator`, but neither in quotes nor in parentheses. */
function splitOutside(source: string, separator: string, isTrimmed = true): string[] {
  const parts: string[] = [];
  let part = '';
  let quote = '';
  let depth = 0;
  for (const char of source) {
    if (quote !== '') {
      if (char === quote) quote = '';
    } else if (char === "'" || char === '"') {
      quote = char;
    } else if (char === '(') {
      depth++;
    } else if (char === ')') {
      depth--;
    }
    if (char === separator && quote === '' && depth <= 0) {
      parts.push(part);
      part = '';
    } else {
      part += char;
    }
  }
  parts.push(part);
  return isTrimmed ? parts.map((text) => text.trim()) : parts;
}

/** Without its quotes; blanks around an unquoted one do not count. */
function argumentOf(source: string): string {
  const text = source.trim();
  const [, double, single] = /^(?:"([^"]*)"|'([^']*)')$/.exec(text) ?? [];
  return double ?? single ?? text;
}
