/** Variables of what users import. */
import { integer, oneOf } from './parsers.ts';
import { variable } from './variable.ts';

export const IMPORT_VARIABLES = {
  USER_IMPORTS: variable({
    parser: oneOf(['off', 'private', 'public']),
    fallback: 'private',
    effect:
      'What owners of stored profiles may import: nothing, streams that only their profile is shown, or with `public` also ' +
      'streams for everybody.',
  }),
  PRIVATE_STREAMS_MAX: variable({
    parser: integer(1, 100_000),
    fallback: 500,
    unit: 'streams per stored profile',
    effect: 'Private streams that one profile may have; one more is refused.',
  }),
  USER_IMPORTS_PER_MINUTE_MAX: variable({
    parser: integer(1, 1_000_000),
    fallback: 30,
    unit: 'imports per client address and process',
    effect:
      'Imports and analyses that users of one address may ask for in a minute; one more is answered 429.',
  }),
};
