/** Reads and validates the environment once; the result is frozen, typed data. */
import { StartError } from '../../lib/start-error.ts';
import type { Environment } from './env.ts';
import { maskValue } from './mask.ts';
import { ValueProblem } from './parsers.ts';
import { checkSourceCombinations } from './source-combinations.ts';
import type { Alias, Variable } from './variable.ts';
import { VARIABLES, type VariableName, type VariableValue } from './variables.ts';

export type Config = { readonly [N in VariableName]: VariableValue<N> };

/** Where each value came from, for `--config-dump`: the name that was set, or `default`. */
export type ConfigOrigins = Readonly<Record<string, string>>;

export interface LoadedConfig {
  readonly config: Config;
  readonly origins: ConfigOrigins;
}

/**
 * Validates every variable and their combinations.
 * @throws StartError naming the variable, its value (secrets masked) and what was expected.
 */
export function loadConfig(environment: Environment): LoadedConfig {
  const values: Record<string, unknown> = {};
  const origins: Record<string, string> = {};
  for (const [name, spec] of Object.entries(VARIABLES)) {
    const found = findRaw(name, spec, environment);
    values[name] = found === null ? spec.fallback : parseRaw(found, spec);
    origins[name] = found === null ? 'default' : found.name;
  }
  const config = Object.freeze(values) as Config;
  checkCombinations(config, origins);
  return { config, origins };
}

interface RawValue {
  readonly name: string;
  readonly raw: string;
  readonly factor: number;
}

/** The own name wins over aliases, of which the first counts, or the least; an empty value counts as not set. */
function findRaw(name: string, spec: Variable<unknown>, environment: Environment): RawValue | null {
  const own = rawOf({ name }, environment);
  if (own !== null) return own;
  const aliases = (spec.aliases ?? [])
    .map((alias) => rawOf(alias, environment))
    .filter((raw) => raw !== null);
  const sorted =
    spec.leastOfAliases === true ? aliases.toSorted((a, b) => sizeOf(a) - sizeOf(b)) : aliases;
  return sorted[0] ?? null;
}

/** What is no number comes first: as a mistake, it is to be told. */
function sizeOf(value: RawValue): number {
  const size = Number(scaledText(value));
  return Number.isNaN(size) ? -1 : size;
}

function rawOf({ name, factor = 1 }: Alias, environment: Environment): RawValue | null {
  const raw = environment[name]?.trim();
  return raw === undefined || raw === '' ? null : { name, raw, factor };
}

function scaledText({ raw, factor }: RawValue): string {
  return factor !== 1 && /^\d{1,9}$/.test(raw) ? String(Number(raw) * factor) : raw;
}

function parseRaw(given: RawValue, spec: Variable<unknown>): unknown {
  const { name, raw, factor } = given;
  try {
    return spec.parser.parse(scaledText(given));
  } catch (error) {
    if (error instanceof ValueProblem)
      throw new StartError(`${name} is not valid: ${error.message}`);
    if (!(error instanceof RangeError)) throw error;
    const unit = factor === 1 ? '' : ` after multiplying by ${factor}`;
    const shown = maskValue(raw, spec.mask);
    const expected = 'expected' in error ? String(error.expected) : spec.parser.expected;
    throw new StartError(`${name}=${shown} is not valid: expected ${expected}${unit}`);
  }
}

function checkCombinations(config: Config, origins: ConfigOrigins): void {
  if ((config.TLS_CERT === null) !== (config.TLS_KEY === null)) {
    const set = config.TLS_CERT === null ? 'TLS_KEY' : 'TLS_CERT';
    throw new StartError(`${set} is set alone: expected both TLS_CERT and TLS_KEY, or neither`);
  }
  if (config.HTTP_PROCESSES > 1 && config.REDIS_URL === null) {
    throw new StartError(
      `${origins['HTTP_PROCESSES']}=${config.HTTP_PROCESSES} needs REDIS_URL: ` +
        'several processes share caches, leases and invalidation through Redis; expected HTTP_PROCESSES=1 without it',
    );
  }
  if (config.HTTP_PROCESSES > 1 && config.PORT === 0) {
    throw new StartError(
      `PORT=0 with HTTP_PROCESSES=${config.HTTP_PROCESSES} is not valid: expected a port that they can share`,
    );
  }
  if (config.IS_PUBLIC_INSTANCE === false && config.API_PASSWORD === null) {
    throw new StartError(
      'IS_PUBLIC_INSTANCE=false needs API_PASSWORD: expected the password that a private instance asks for',
    );
  }
  if (config.POSTGRES_READ_URI !== null && config.POSTGRES_URI === null) {
    throw new StartError(
      'POSTGRES_READ_URI is set without POSTGRES_URI: expected the primary, too',
    );
  }
  if (config.REDIS_MAX_CONNECTIONS < 2 * config.HTTP_PROCESSES) {
    throw new StartError(
      `REDIS_MAX_CONNECTIONS=${config.REDIS_MAX_CONNECTIONS} is too few for HTTP_PROCESSES=${config.HTTP_PROCESSES}: ` +
        `expected at least ${2 * config.HTTP_PROCESSES}`,
    );
  }
  if (config.HTTP_BODIES_MAX_MB < config.LIVE_SEGMENT_MAX_MB) {
    throw new StartError(
      `HTTP_BODIES_MAX_MB=${config.HTTP_BODIES_MAX_MB} is too few: expected at least the ` +
        `${config.LIVE_SEGMENT_MAX_MB} of LIVE_SEGMENT_MAX_MB`,
    );
  }
  checkStore(config);
  checkSourceCombinations(config);
}

function checkStore(config: Config): void {
  const names = ['LIVE_S3_URL', 'LIVE_S3_ACCESS_KEY', 'LIVE_S3_SECRET_KEY'] as const;
  const unset = names.filter((name) => config[name] === null);
  if (unset.length === 0 || unset.length === names.length) return;
  throw new StartError(
    `${unset.join(' and ')} is not set: expected all of ${names.join(', ')}, or none`,
  );
}
