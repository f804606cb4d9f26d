/**
 * `npm run perf:ceiling`: CPU time per request beside a bare uWebSockets.js server with the same answers
 * (docs/decisions/0005-http-front-end.md).
 *
 *   npm run perf:ceiling -- [--seconds 2] [--rounds 5] [--json file] [case-name …]
 */
import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { ceilingCases, type CeilingCase } from './ceiling-cases.ts';
import { startContenders, type Contenders } from './contenders.ts';
import { generator, runLoad, type LoadOptions } from './load.ts';
import { cpuMicrosOf } from './harness/process-use.ts';
import { median } from './harness/statistics.ts';

const CONNECTIONS = 64;
const CLIENT_BOUND_SHARE = 0.9;

type LoadTarget = Pick<LoadOptions, 'url' | 'paths' | 'headers'>;

interface Sample {
  readonly microsPerRequest: number;
  readonly requestsPerS: number;
  readonly clientBound: boolean;
}

interface CaseResult {
  readonly name: string;
  readonly bodyBytes: number;
  readonly sluice: Sample;
  readonly bare: Sample | null;
  readonly ratio: number | null;
  readonly spread: string;
  readonly bar: string;
  readonly passed: boolean;
}

async function sample(pid: number, target: LoadTarget, durationS: number): Promise<Sample> {
  const { url } = target;
  const before = cpuMicrosOf(pid);
  const load = await runLoad({ ...target, durationS, connections: CONNECTIONS });
  const cpu = cpuMicrosOf(pid) - before;
  if (load.failures > 0 || load.requests === 0)
    throw new Error(`${url}: ${load.failures} failures of ${load.requests}`);
  return {
    microsPerRequest: cpu / load.requests,
    requestsPerS: load.requests / load.elapsedS,
    // The server had time to spare while the generator had none.
    clientBound:
      load.clientCpuShare >= CLIENT_BOUND_SHARE && cpu / (load.elapsedS * 1e6) < CLIENT_BOUND_SHARE,
  };
}

function medianSample(samples: readonly Sample[]): Sample {
  return {
    microsPerRequest: median(samples.map((one) => one.microsPerRequest)),
    requestsPerS: median(samples.map((one) => one.requestsPerS)),
    clientBound: samples.filter((one) => one.clientBound).length * 2 > samples.length,
  };
}

async function measure(
  contenders: Contenders,
  one: CeilingCase,
  rounds: number,
  durationS: number,
): Promise<CaseResult> {
  const sluice = contenders.servers[one.server];
  const url = `${sluice.baseUrl}${one.paths[0]}`;
  const { bare, bodyBytes } = await contenders.bareCopyOf(url, one.headers);
  const paths = one.paths.length === 1 ? {} : { paths: one.paths };
  const [asked, copied] = [
    { url, headers: one.headers, ...paths },
    { url: bare.baseUrl, headers: one.headers, ...paths },
  ];
  const ours: Sample[] = [];
  const theirs: Sample[] = [];
  try {
    // Long enough for every path to have been asked for once.
    await runLoad({
      ...asked,
      durationS: one.paths.length > 1000 ? 5 : 1,
      connections: CONNECTIONS,
    });
    await runLoad({ ...copied, durationS: 1, connections: CONNECTIONS });
    for (let round = 0; round < rounds; round += 1) {
      const takeOurs = async () => ours.push(await sample(sluice.pid, asked, durationS));
      const takeTheirs = async () => theirs.push(await sample(bare.pid, copied, durationS));
      // A B B A: a drift of the machine within a pair of rounds hits both alike.
      for (const take of round % 2 === 0 ? [takeOurs, takeTheirs] : [takeTheirs, takeOurs])
        await take();
      process.stdout.write('.');
    }
  } finally {
    await bare.stop();
  }
  const ratios = ours.map(
    (sluiceSample, index) => sluiceSample.microsPerRequest / (theirs[index]?.microsPerRequest ?? 1),
  );
  const ratio = median(ratios);
  const oursMedian = medianSample(ours);
  return {
    name: one.name,
    bodyBytes,
    sluice: oursMedian,
    bare: medianSample(theirs),
    ratio,
    spread: `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`,
    bar:
      one.ratioMax === null
        ? one.microsMax === null
          ? 'none'
          : `≤ ${one.microsMax} µs`
        : `ratio ≤ ${one.ratioMax}`,
    passed:
      ratio <= (one.ratioMax ?? Infinity) &&
      oursMedian.microsPerRequest <= (one.microsMax ?? Infinity),
  };
}

function printTable(results: readonly CaseResult[]): void {
  const rows = results.map((result) => ({
    case: result.name,
    bytes: result.bodyBytes,
    'sluice µs/req': result.sluice.microsPerRequest.toFixed(2),
    'bare µs/req': result.bare?.microsPerRequest.toFixed(2) ?? '–',
    ratio: result.ratio?.toFixed(2) ?? '–',
    spread: result.spread,
    'of ceiling': result.ratio === null ? '–' : (1 / result.ratio).toFixed(2),
    'sluice req/s': Math.round(result.sluice.requestsPerS),
    'bare req/s': Math.round(result.bare?.requestsPerS ?? 0),
    'client-bound':
      [result.sluice.clientBound ? 'sluice' : '', result.bare?.clientBound === true ? 'bare' : '']
        .filter((who) => who !== '')
        .join('+') || 'no',
    bar: `${result.bar} ${result.bar === 'none' ? '' : result.passed ? 'ok' : 'MISSED'}`,
  }));
  console.table(rows);
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: {
      seconds: { type: 'string', default: '2' },
      rounds: { type: 'string', default: '5' },
      json: { type: 'string' },
    },
    allowPositionals: true,
  });
  const cases = ceilingCases().filter(
    ({ name }) => positionals.length === 0 || positionals.some((part) => name.includes(part)),
  );
  console.log(
    `CPU per request, ${generator}, ${CONNECTIONS} connections, ${values.rounds} rounds of ${values.seconds} s,`,
  );
  console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown CPU'}`);
  await using contenders = await startContenders();
  const results: CaseResult[] = [];
  for (const one of cases) {
    process.stdout.write(`${one.name} `);
    results.push(await measure(contenders, one, Number(values.rounds), Number(values.seconds)));
    process.stdout.write('\n');
  }
  printTable(results);
  if (results.some((result) => result.sluice.clientBound || result.bare?.clientBound === true)) {
    console.log(
      'Where client-bound, the generator was the bottleneck: read CPU per request, not req/s.',
    );
  }
  if (values.json !== undefined)
    await writeFile(values.json, `${JSON.stringify({ generator, results }, null, 2)}\n`);
  process.exitCode = results.every((result) => result.passed) ? 0 : 1;
}

await main();
