/** What is known of one environment variable. */
import type { Mask } from './mask.ts';
import type { Parser } from './parsers.ts';

/** A name that operators of other servers know, and the factor or meaning it has here. */
export interface Alias {
  readonly name: string;
  /** Multiplies an integer value: 1000 where the other server counts in seconds. */
  readonly factor?: number;
}

export interface Variable<T> {
  readonly parser: Parser<T>;
  readonly fallback: T;
  /** The default as the documentation shows it, where `fallback` is computed later. */
  readonly fallbackText?: string;
  readonly effect: string;
  readonly unit?: string;
  readonly aliases?: readonly Alias[];
  /** Of several aliases that are set the least value counts, instead of the first in the list. */
  readonly leastOfAliases?: boolean;
  readonly mask?: Mask;
  /** What dumps show of a value, in place of all of it; without anything secret. */
  shown?(value: T): string;
}

/** `NoInfer` keeps the fallback from widening a union of names to `string`. */
export function variable<T>(
  spec: Omit<Variable<T>, 'fallback'> & { readonly fallback: NoInfer<T> },
): Variable<T> {
  return spec;
}

export const optional = <T>(parser: Parser<T>): Parser<T | null> => parser;
