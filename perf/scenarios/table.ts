/** Every scenario, by name. */
import { BROWNOUT } from './brownout.ts';
import { CHAT } from './chat.ts';
import { INGEST } from './ingest.ts';
import { IPTV } from './iptv.ts';
import { LIVE } from './live.ts';
import { LIVE_SEARCH } from './live-search.ts';
import { MEDIAFUSION } from './mediafusion.ts';
import { OVERLOAD } from './overload.ts';
import { PLAIN_SCENARIOS } from './plain.ts';
import { PLAYBACK } from './playback.ts';
import { PREMIERE } from './premiere.ts';
import type { Bench, LoadScenario, Outcome, Scenario } from './scenario.ts';
import { SLOW_CLIENTS } from './slow-clients.ts';
import { SOAK } from './soak.ts';
import { runStandard } from './standard.ts';
import { STREAM_COLD } from './stream-cold.ts';

export const SCENARIOS: readonly Scenario[] = [
  ...PLAIN_SCENARIOS,
  STREAM_COLD,
  PREMIERE,
  LIVE_SEARCH,
  PLAYBACK,
  IPTV,
  SLOW_CLIENTS,
  OVERLOAD,
  BROWNOUT,
  INGEST,
  CHAT,
  LIVE,
  MEDIAFUSION,
  SOAK,
];

/** @throws Error that lists the names when there is none of this one */
export function scenarioOf(name: string): Scenario {
  const found = SCENARIOS.find((scenario) => scenario.name === name);
  if (found === undefined)
    throw new Error(
      `there is no scenario "${name}"; there are ${SCENARIOS.map((one) => one.name).join(', ')}`,
    );
  return found;
}

/** @throws Error when there is none of this name, or it has steps of its own */
export function loadScenarioOf(name: string): LoadScenario {
  const found = scenarioOf(name);
  if ('run' in found) {
    const names = SCENARIOS.filter((one) => !('run' in one)).map((one) => one.name);
    throw new Error(`"${name}" is no steady load; those are ${names.join(', ')}`);
  }
  return found;
}

export function runScenario(bench: Bench, scenario: Scenario): Promise<Outcome> {
  return 'run' in scenario ? scenario.run(bench) : runStandard(bench, scenario);
}
