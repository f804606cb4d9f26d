/** `npm run perf:seed -- --titles … --streams … --seed …`: what may be given. */
import { parseArgs } from 'node:util';
import { StartError } from '../../src/lib/start-error.ts';

export interface SeedArguments {
  /** Null: the database that the product's environment names. */
  readonly uri: string | null;
  readonly titles: number;
  readonly streams: number;
  readonly seed: number;
}

/** Bounds: ids of titles have eight digits; `random.ts` takes 32 bits of a seed. */
const NUMBERS = {
  titles: { min: 1, max: 10_000_000 },
  streams: { min: 0, max: 100_000_000 },
  seed: { min: 0, max: 4_294_967_295 },
} as const;
const STREAMS_FALLBACK = 2_000_000;
const SEED_FALLBACK = 1;
/** `streams-per-title.ts` is made for this proportion. */
const STREAMS_OF_A_TITLE = 20;

export const HELP = `Usage: npm run perf:seed -- [--streams 2000000] [--titles 100000] [--seed 1] [--uri postgres://…]

Fills a database with generated titles and streams; the same seed gives the same rows. What is in the database stays.
Without --titles there is one for every ${STREAMS_OF_A_TITLE} streams. Without --uri the database is the one that npm start uses:
POSTGRES_URI, or the embedded PostgreSQL in DATA_DIR (which is started, migrated and stopped). All of it is one
transaction: when it is stopped or fails, the database is as it was.
`;

/** Null when help was asked for. @throws StartError saying what is accepted */
export function parseSeedArguments(given: readonly string[]): SeedArguments | null {
  const values = parse(given);
  if (values.help === true) return null;
  if (values.uri !== undefined) checkUri(values.uri);
  const streams = numberOf('streams', values.streams, STREAMS_FALLBACK);
  return {
    uri: values.uri ?? null,
    streams,
    titles: numberOf('titles', values.titles, Math.max(1, Math.ceil(streams / STREAMS_OF_A_TITLE))),
    seed: numberOf('seed', values.seed, SEED_FALLBACK),
  };
}

function parse(given: readonly string[]) {
  try {
    return parseArgs({
      args: [...given],
      options: {
        uri: { type: 'string' },
        titles: { type: 'string' },
        streams: { type: 'string' },
        seed: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new StartError(
      `${error instanceof Error ? error.message.split('.')[0] : String(error)}: see --help`,
    );
  }
}

function numberOf(name: keyof typeof NUMBERS, given: string | undefined, fallback: number): number {
  const { min, max } = NUMBERS[name];
  if (given === undefined) return fallback;
  // 2_000_000 and 2,000,000 are what people copy from texts.
  const digits = given.replaceAll(/(?<=\d)[_,](?=\d{3})/g, '');
  const value = Number(digits);
  if (/^\d{1,12}$/.test(digits) && value >= min && value <= max) return value;
  throw new StartError(
    `--${name} ${JSON.stringify(given)}: expected a whole number from ${min} to ${max}`,
  );
}

function checkUri(uri: string): void {
  if (URL.canParse(uri) && /^postgres(ql)?:$/.test(new URL(uri).protocol)) return;
  throw new StartError(
    '--uri: expected an address like postgres://user:password@host:5432/database',
  );
}
