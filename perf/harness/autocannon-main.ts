/** Runs autocannon as a process of its own: `node autocannon-main.js <options.json>`; the result is JSON on standard output. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

interface Options {
  readonly url: string;
  /** Asked in turn by all connections together; the URL's own when empty. */
  readonly paths: readonly string[];
  readonly connections: number;
  readonly durationS: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** The part of its result that is used; the package has no types. */
interface Outcome {
  readonly requests: { readonly total: number };
  readonly duration: number;
  readonly errors: number;
  readonly timeouts: number;
  readonly non2xx: number;
}

type Autocannon = (options: object) => Promise<Outcome>;

const [, , file = ''] = process.argv;
const { url, paths, connections, durationS, headers } = JSON.parse(
  readFileSync(file, 'utf8'),
) as Options;
const autocannon = createRequire(import.meta.url)('autocannon') as Autocannon;
let at = 0;
const requests =
  paths.length === 0
    ? {}
    : {
        requests: [
          { setupRequest: (request: object) => ({ ...request, path: paths[at++ % paths.length] }) },
        ],
      };
const outcome = await autocannon({ url, connections, duration: durationS, headers, ...requests });
process.stdout.write(
  JSON.stringify({
    requests: outcome.requests.total,
    elapsedS: outcome.duration,
    failures: outcome.errors + outcome.timeouts + outcome.non2xx,
  }),
);
