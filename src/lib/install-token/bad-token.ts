/** What is said about a configuration in an address that cannot be read. */
import { AppError } from '../errors.ts';

/** @param reason completes "the configuration in the address cannot be used: …" */
export function badToken(reason: string): AppError {
  return new AppError(
    'config.bad-token',
    `the configuration in the address cannot be used: ${reason}. Open /configure and install the add-on again`,
    { field: 'config' },
  );
}

/** Of an address that lacks a part of itself, which no key and no version would help. */
export function incompleteToken(): AppError {
  return badToken('it is incomplete: a part of it was lost where it was copied');
}
