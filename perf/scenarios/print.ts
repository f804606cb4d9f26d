/** A scenario's result for people, on the terminal. */
import { median, spreadOf } from '../harness/statistics.ts';
import type { PhaseResult, RoundResult, ScenarioResult } from '../result.ts';

export function printScenario({
  name,
  description,
  phases,
  checks,
  warnings,
}: ScenarioResult): void {
  console.log(`\n${name}: ${description}`);
  console.table(Object.fromEntries(phases.map((phase) => [phase.name, rowOf(phase)])));
  for (const { name: what, value, relation, limit, unit, passed } of checks) {
    console.log(
      `  ${passed ? 'holds ' : 'MISSED'}  ${what}: ${short(value)} ${unit} (${relation} ${limit})`,
    );
  }
  for (const warning of warnings) console.log(`  warning: ${warning}`);
}

function rowOf({ rounds }: PhaseResult): Readonly<Record<string, string>> {
  const of = (figure: (round: RoundResult) => number | null | undefined) => {
    const values = rounds
      .map(figure)
      .filter((value): value is number => value !== null && value !== undefined);
    return values.length === 0 ? '–' : short(median(values));
  };
  const rates = rounds.map(({ requestsPerS }) => requestsPerS);
  const latency = (key: 'p50' | 'p90' | 'p95' | 'p99' | 'p999' | 'max') =>
    of((round) => {
      const micros = round.latency?.[key];
      return micros === undefined ? null : micros / 1000;
    });
  const count = (figure: (round: RoundResult) => number) =>
    String(rounds.reduce((sum, round) => sum + figure(round), 0));
  return {
    'req/s': `${Math.round(median(rates))} ± ${Math.round(spreadOf(rates) * 100)} %`,
    'p50 ms': latency('p50'),
    p90: latency('p90'),
    p95: latency('p95'),
    p99: latency('p99'),
    'p99.9': latency('p999'),
    max: latency('max'),
    'CPU µs/req': of(({ server }) => server.cpuMicrosPerRequest),
    CPU: of(({ server }) => server.cpuShare),
    'RSS MB': of(({ server }) => (server.rssPeakBytes === null ? null : server.rssPeakBytes / 1e6)),
    'loop p99 ms': of(({ server }) =>
      server.loopDelayP99 === null ? null : server.loopDelayP99 / 1000,
    ),
    'SQL/req': of(({ server }) => server.sqlStatementsPerRequest),
    'Redis/req': of(({ server }) => server.redisCommandsPerRequest),
    shed: count(({ shed }) => shed),
    failed: count(({ failed }) => failed),
    client: of(({ clientCpuShare }) => clientCpuShare),
  };
}

/** Three significant digits. */
function short(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (Math.abs(value) >= 100) return String(Math.round(value));
  return String(Number(value.toPrecision(3)));
}
