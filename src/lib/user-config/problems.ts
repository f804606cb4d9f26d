/** What is wrong with a configuration: every problem with the field that it is about. */
import { AppError, type FieldProblem } from '../errors.ts';

/** A form shows them side by side; more than these are one broken document. */
const PROBLEMS_MAX = 50;

/** Collects problems, so that a user sees all of them at once. */
export class ProblemList {
  readonly #problems: FieldProblem[] = [];

  add(field: string, message: string): void {
    if (this.#problems.length < PROBLEMS_MAX) this.#problems.push({ field, message });
  }

  /** Whether something was said about this field. */
  has(field: string): boolean {
    return this.#problems.some((problem) => problem.field === field);
  }

  /** @throws AppError `config.invalid` with all problems, its message the first of them */
  throwIfAny(): void {
    const first = this.#problems[0];
    if (first === undefined) return;
    throw new AppError('config.invalid', `${first.field}: ${first.message}`, {
      field: first.field,
      problems: this.#problems,
    });
  }
}
