/**
 * Conditions of `{if …}` and `{elif …}`: `not`, `and`, `or` (which binds loosest), parentheses, and the comparisons
 * `= != > < >= <= ~ (contains) $ (starts with) ^ (ends with)`. Texts compare without regard to case.
 */
import { isList, isTrue, numberOf, textOf, type TemplateValue } from './value.ts';

export type Condition<R> = (row: R) => boolean;
type Read<R> = (row: R) => TemplateValue;

/** How the parser finds variables, and says what is wrong. */
export interface ConditionScope<R> {
  /** Undefined when there is no such variable. */
  variable(path: string): Read<R> | undefined;
  fail(message: string): never;
}

const TERMS_MAX = 50;
const DEPTH_MAX = 10;
const TOKEN = /\s*(?:(>=|<=|!=|[=<>~$^()])|"([^"]*)"|'([^']*)'|([^\s=<>~$^()!"']+))/y;
const COMPARISONS: ReadonlySet<string> = new Set(['=', '!=', '>', '<', '>=', '<=', '~', '$', '^']);

interface Token {
  readonly text: string;
  readonly kind: 'sign' | 'quoted' | 'word';
}

/** @throws whatever `scope.fail` throws */
export function parseCondition<R>(source: string, scope: ConditionScope<R>): Condition<R> {
  const parser = new ConditionParser(tokensOf(source, scope), scope);
  const condition = parser.either(0);
  parser.expectEnd();
  return condition;
}

function tokensOf<R>(source: string, scope: ConditionScope<R>): Token[] {
  const tokens: Token[] = [];
  const text = source.trimEnd();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null)
      scope.fail(`the condition cannot be read from ${JSON.stringify(text.slice(at, at + 20))}`);
    const [, sign, double, single, word = ''] = match;
    if (sign !== undefined) tokens.push({ text: sign, kind: 'sign' });
    else if (double !== undefined || single !== undefined)
      tokens.push({ text: double ?? single ?? '', kind: 'quoted' });
    else tokens.push({ text: word, kind: 'word' });
  }
  return tokens;
}

class ConditionParser<R> {
  readonly #tokens: readonly Token[];
  readonly #scope: ConditionScope<R>;
  #at = 0;
  #terms = 0;

  constructor(tokens: readonly Token[], scope: ConditionScope<R>) {
    this.#tokens = tokens;
    this.#scope = scope;
  }

  expectEnd(): void {
    const token = this.#tokens[this.#at];
    if (token !== undefined)
      this.#scope.fail(
        `${JSON.stringify(token.text)} does not belong here: expected and, or, or the end`,
      );
  }

  either(depth: number): Condition<R> {
    const left = this.#both(depth);
    if (!this.#takesWord('or')) return left;
    const right = this.either(depth);
    return (row) => left(row) || right(row);
  }

  #both(depth: number): Condition<R> {
    const left = this.#term(depth);
    if (!this.#takesWord('and')) return left;
    const right = this.#both(depth);
    return (row) => left(row) && right(row);
  }

  #term(depth: number): Condition<R> {
    if (++this.#terms > TERMS_MAX)
      this.#scope.fail(`a condition may have ${TERMS_MAX} parts at most`);
    if (depth > DEPTH_MAX)
      this.#scope.fail(`a condition may be nested ${DEPTH_MAX} levels deep at most`);
    if (this.#takesWord('not')) {
      const negated = this.#term(depth + 1);
      return (row) => !negated(row);
    }
    if (this.#takesSign('(')) {
      const inner = this.either(depth + 1);
      if (!this.#takesSign(')')) this.#scope.fail('a closing parenthesis is missing');
      return inner;
    }
    return this.#comparison();
  }

  #comparison(): Condition<R> {
    const left = this.#tokens[this.#at];
    if (left === undefined || left.kind !== 'word')
      this.#scope.fail('a condition needs a variable, for example stream.quality');
    this.#at++;
    const read = this.#scope.variable(left.text) ?? nothing;
    const sign = this.#tokens[this.#at];
    if (sign === undefined || sign.kind !== 'sign' || !COMPARISONS.has(sign.text))
      return (row) => isTrue(read(row));
    this.#at++;
    return compare(sign.text, read, this.#rightSide(sign.text));
  }

  /** A variable where there is one of this name; else the words up to the next `and`, `or` or parenthesis. */
  #rightSide(sign: string): Read<R> {
    const words: string[] = [];
    for (let token = this.#tokens[this.#at]; token !== undefined; token = this.#tokens[this.#at]) {
      const isEnd =
        token.kind === 'sign' ||
        (token.kind === 'word' && words.length > 0 && /^(?:and|or)$/i.test(token.text));
      if (isEnd) break;
      words.push(token.text);
      this.#at++;
      if (token.kind === 'quoted') break;
    }
    const text = words.join(' ');
    if (words.length === 0) this.#scope.fail(`nothing to compare with after ${sign}`);
    const isQuoted = this.#tokens[this.#at - 1]?.kind === 'quoted';
    return (isQuoted ? undefined : this.#scope.variable(text)) ?? (() => text);
  }

  #takesWord(word: string): boolean {
    const token = this.#tokens[this.#at];
    const isIt = token?.kind === 'word' && token.text.toLowerCase() === word;
    if (isIt) this.#at++;
    return isIt;
  }

  #takesSign(sign: string): boolean {
    const token = this.#tokens[this.#at];
    const isIt = token?.kind === 'sign' && token.text === sign;
    if (isIt) this.#at++;
    return isIt;
  }
}

const nothing = (): null => null;

function compare<R>(sign: string, left: Read<R>, right: Read<R>): Condition<R> {
  switch (sign) {
    case '>':
      return (row) => numberOf(left(row)) > numberOf(right(row));
    case '<':
      return (row) => numberOf(left(row)) < numberOf(right(row));
    case '>=':
      return (row) => numberOf(left(row)) >= numberOf(right(row));
    case '<=':
      return (row) => numberOf(left(row)) <= numberOf(right(row));
    case '!=':
      return (row) => !isSame(left(row), right(row));
    case '~':
      return (row) => holds(left(row), lower(right(row)));
    case '$':
      return (row) => lower(left(row)).startsWith(lower(right(row)));
    case '^':
      return (row) => lower(left(row)).endsWith(lower(right(row)));
    default:
      return (row) => isSame(left(row), right(row));
  }
}

/** `true` and `false` compare with booleans. */
function isSame(left: TemplateValue, right: TemplateValue): boolean {
  return lower(left) === lower(right);
}

function holds(value: TemplateValue, part: string): boolean {
  return isList(value)
    ? value.some((item) => item.toLowerCase().includes(part))
    : lower(value).includes(part);
}

function lower(value: TemplateValue): string {
  return (typeof value === 'boolean' ? String(value) : textOf(value)).toLowerCase();
}
