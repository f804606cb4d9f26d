/** Measures one scenario on both sides, interleaved, until its figures can be told apart from their limits or time is up. */
import type { Pair, Side } from './metrics.ts';
import {
  judge,
  needsMoreRounds,
  overall,
  type Limits,
  type MetricVerdict,
  type Plan,
  type Verdict,
} from './verdict.ts';

/** A warmed-up server of each side. */
export interface Session extends AsyncDisposable {
  /** One round of both sides. @param isBaseFirst which one begins, where only one can be loaded */
  measurePair(isBaseFirst: boolean): Promise<Pair>;
}

export interface Bout {
  readonly scenario: string;
  readonly limits: Limits;
  readonly plan: Plan;
  /** On the clock of `now`: no round begins that would probably end later. */
  readonly deadlineMs: number;
  /** Fresh servers: each look gets its own pair, so that one lucky process does not decide alone. */
  readonly open: () => Promise<Session>;
  readonly now: () => number;
  readonly onPair?: (pairs: number) => void;
}

export interface ScenarioVerdict {
  readonly scenario: string;
  readonly verdict: Verdict;
  readonly metrics: readonly MetricVerdict[];
  readonly pairs: readonly Pair[];
  /** Why no more rounds were made: `decided`, `all rounds made`, `time is up`, or why none was. */
  readonly ended: string;
  /** Of the machine, that other programs used meanwhile, 0 to 1; absent where nobody looked. */
  readonly othersShare?: number;
}

/** Measures until the figures are told apart from their limits, all rounds are made, or time is up. */
export async function compareScenario(bout: Bout): Promise<ScenarioVerdict> {
  const pairs: Pair[] = [];
  const longest: Longest = { openMs: 0, pairMs: 0 };
  for (const look of bout.plan.looks) {
    const isComplete = await measureUntil(look, pairs, bout, longest);
    const isLast = !isComplete || look === bout.plan.looks.at(-1);
    const metrics = judge(pairs, bout.limits, bout.plan, isLast);
    const isDecided = metrics.length > 0 && !needsMoreRounds(metrics);
    if (!isLast && !isDecided) continue;
    const ended = isDecided ? 'decided' : isComplete ? 'all rounds made' : 'time is up';
    return { scenario: bout.scenario, verdict: overall(metrics), metrics, pairs, ended };
  }
  throw new RangeError('a plan has at least one look');
}

/**
 * Measures a failure again, on fresh servers: for plans whose one look is at few pairs, which a busy machine can all
 * disturb the same way. What fails once only is undecided.
 * @param againMs time for it
 */
export async function compareTwice(bout: Bout, againMs: number): Promise<ScenarioVerdict> {
  const first = await compareScenario(bout);
  if (first.verdict !== 'fail') return first;
  const second = await compareScenario({ ...bout, deadlineMs: bout.now() + againMs });
  const ended =
    second.verdict === 'fail'
      ? `${second.ended}, for the second time`
      : `${second.ended}, after ${first.pairs.length} pairs that failed`;
  return { ...second, verdict: second.verdict === 'fail' ? 'fail' : 'undecided', ended };
}

/** What has taken the longest so far: what is probably needed again. */
interface Longest {
  openMs: number;
  pairMs: number;
}

/** A B B A A B B A …: what drifts hits both sides alike. Tells whether there was time for all. */
async function measureUntil(
  count: number,
  pairs: Pair[],
  bout: Bout,
  longest: Longest,
): Promise<boolean> {
  const openedMs = bout.now();
  if (openedMs + longest.openMs + longest.pairMs > bout.deadlineMs) return false;
  await using session = await bout.open();
  longest.openMs = Math.max(longest.openMs, bout.now() - openedMs);
  while (pairs.length < count) {
    const startedMs = bout.now();
    if (startedMs + longest.pairMs > bout.deadlineMs) return false;
    pairs.push(await session.measurePair(pairs.length % 2 === 0));
    longest.pairMs = Math.max(longest.pairMs, bout.now() - startedMs);
    bout.onPair?.(pairs.length);
  }
  return true;
}

/** Both sides, one after the other. */
export async function oneAfterTheOther<T>(
  measure: (side: Side) => Promise<T>,
  isBaseFirst: boolean,
): Promise<Record<Side, T>> {
  if (isBaseFirst) {
    const base = await measure('base');
    return { base, head: await measure('head') };
  }
  const head = await measure('head');
  return { base: await measure('base'), head };
}
