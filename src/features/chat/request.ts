/** What requests to a chat name. */
import { AppError } from '../../lib/errors.ts';
import { UUID } from './message.ts';

/** @throws AppError `live.not-found` for what is no id */
export function streamIdOf({
  parameters: [id = ''],
}: {
  readonly parameters: readonly string[];
}): string {
  if (!UUID.test(id)) throw noStream();
  return id;
}

/** @throws AppError `request.bad-query` */
export function numberOf(
  query: URLSearchParams,
  name: string,
  { usual, min, max }: { readonly usual: number; readonly min: number; readonly max: number },
): number {
  const text = query.get(name);
  if (text === null) return usual;
  const number = Number(text);
  if (/^\d{1,16}$/.test(text) && number >= min && number <= max) return number;
  throw new AppError('request.bad-query', `expected ${name} to be a number from ${min} to ${max}`, {
    field: name,
  });
}

export function noStream(): AppError {
  return new AppError('live.not-found', 'there is no live stream with this id', { field: 'id' });
}
