/** Parameters of a query of the control plane, each checked; unknown and repeated ones are refused. */
import { hasControlCharacter } from './control-characters.ts';
import { AppError } from './errors.ts';

const SHOWN_CHARS_MAX = 40;

export interface NumberField {
  readonly min: number;
  readonly max: number;
  readonly fallback: number;
}

export class QueryFields {
  readonly #values = new Map<string, string>();

  /** @throws AppError `request.bad-query` for a name that is not among `names`, or is there twice */
  constructor(query: string, names: readonly string[]) {
    for (const [name, value] of new URLSearchParams(query)) {
      if (!names.includes(name))
        throw badQuery(shown(name), `is not known; accepted are ${listOf(names)}`);
      if (this.#values.has(name)) throw badQuery(name, 'is there twice');
      this.#values.set(name, value);
    }
  }

  /** Empty when it is not given. */
  text(name: string, charsMax: number): string {
    const value = this.#values.get(name) ?? '';
    if (hasControlCharacter(value)) throw badQuery(name, 'has a control character in it');
    if (value.length > charsMax) throw badQuery(name, `is longer than ${charsMax} characters`);
    return value;
  }

  integer(name: string, { min, max, fallback }: NumberField): number {
    const text = this.#values.get(name);
    if (text === undefined) return fallback;
    const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
    if (!(value >= min && value <= max))
      throw badQuery(name, `is ${shown(text)}; expected an integer from ${min} to ${max}`);
    return value;
  }

  number(name: string, { min, max, fallback }: NumberField): number {
    const text = this.#values.get(name);
    if (text === undefined) return fallback;
    const value = /^\d{1,15}(\.\d{1,9})?$/.test(text) ? Number(text) : NaN;
    if (!(value >= min && value <= max))
      throw badQuery(name, `is ${shown(text)}; expected a number from ${min} to ${max}`);
    return value;
  }

  oneOf<T extends string>(name: string, accepted: readonly T[], fallback: T): T {
    const text = this.#values.get(name);
    if (text === undefined) return fallback;
    const value = accepted.find((choice) => choice === text);
    if (value === undefined)
      throw badQuery(name, `is ${shown(text)}; expected one of ${accepted.join(', ')}`);
    return value;
  }
}

function listOf(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.join(', ');
}

function shown(text: string): string {
  const cut = text.length > SHOWN_CHARS_MAX ? `${text.slice(0, SHOWN_CHARS_MAX)}…` : text;
  return JSON.stringify(cut);
}

function badQuery(name: string, problem: string): AppError {
  return new AppError('request.bad-query', `the parameter ${name} ${problem}`, { field: name });
}
