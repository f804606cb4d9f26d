/**
 * From measured pairs to verdicts. Looking several times at growing data is allowed at fixed numbers of pairs only,
 * and looks share one error (Bonferroni), so that adding rounds does not add false alarms.
 */
import { medianInterval, medianOf } from './median-interval.ts';
import { METRICS, worsenings, type MetricName, type Pair } from './metrics.ts';

export type Verdict = 'pass' | 'fail' | 'undecided';

export interface Plan {
  /** Numbers of pairs after which the figures are looked at, rising. */
  readonly looks: readonly number[];
  /** 0.95 divides 2.5 % of error for either bound of an interval among the looks. */
  readonly confidence: number;
  /** Of the whole gate: each may raise a false alarm, so that they share the error of the bound that raises it. */
  readonly scenarios: number;
}

export const FULL_LOOKS = [8, 12, 18, 27, 40];
/** For the short form, which has no time for more: one look, at the fewest pairs that can tell anything of three scenarios. */
export const SHORT_LOOKS = [7];

/** How much worse a figure may be, in percent; null: reported only. */
export type Limits = Readonly<Record<MetricName, number | null>>;

export interface MetricVerdict {
  readonly metric: MetricName;
  /** Medians of the rounds. */
  readonly base: number;
  readonly head: number;
  /** Logarithms of ratios, positive is worse. */
  readonly worsening: number;
  readonly lower: number;
  readonly upper: number;
  /** In percent; null: reported only. */
  readonly limitPercent: number | null;
  readonly verdict: Verdict | 'reported';
}

/** Every figure that was measured. @param isLastLook no more rounds can come: then the estimate is compared with the limit, too */
export function judge(
  pairs: readonly Pair[],
  limits: Limits,
  plan: Plan,
  isLastLook: boolean,
): readonly MetricVerdict[] {
  const tail = (1 - plan.confidence) / 2 / plan.looks.length;
  const hasAllRounds = pairs.length >= Math.max(...plan.looks);
  return METRICS.flatMap(({ name, isOfProcess }) => {
    const values = worsenings(pairs, name);
    if (values.length === 0) return [];
    const { median, lower, upper } = medianInterval(values, tail / plan.scenarios, tail);
    const limitPercent = limits[name];
    const verdict =
      limitPercent === null
        ? 'reported'
        : verdictOf(median, lower, upper, Math.log1p(limitPercent / 100), isLastLook);
    return [
      {
        metric: name,
        worsening: median,
        lower,
        upper,
        limitPercent,
        base: medianOf(pairs.flatMap(({ base }) => base[name] ?? [])),
        head: medianOf(pairs.flatMap(({ head }) => head[name] ?? [])),
        verdict: verdict === 'fail' && isOfProcess && !hasAllRounds ? 'undecided' : verdict,
      },
    ];
  });
}

function verdictOf(
  estimate: number,
  lower: number,
  upper: number,
  limit: number,
  isLastLook: boolean,
): Verdict {
  if (upper < limit) return 'pass';
  if (lower > limit) return 'fail';
  return isLastLook && lower > 0 && estimate > limit ? 'fail' : 'undecided';
}

/** Whether more rounds could change the outcome: a primary figure is open, or another one looks like a regression. */
export function needsMoreRounds(verdicts: readonly MetricVerdict[]): boolean {
  if (verdicts.some(({ verdict }) => verdict === 'fail')) return false;
  return verdicts.some(
    (one) => one.verdict === 'undecided' && (isPrimary(one.metric) || isSuspicious(one)),
  );
}

/** Certainly worse, and probably by more than the limit: at the last look this is a failure. */
function isSuspicious({ lower, worsening, limitPercent }: MetricVerdict): boolean {
  return lower > 0 && worsening > Math.log1p((limitPercent ?? 0) / 100);
}

/** Fails with any figure; undecided when a primary one is. */
export function overall(verdicts: readonly MetricVerdict[]): Verdict {
  if (verdicts.some(({ verdict }) => verdict === 'fail')) return 'fail';
  const primary = verdicts.filter(({ metric }) => isPrimary(metric));
  return primary.length === 0 || primary.some(({ verdict }) => verdict === 'undecided')
    ? 'undecided'
    : 'pass';
}

function isPrimary(metric: MetricName): boolean {
  return METRICS.some(({ name, isPrimary: primary }) => name === metric && primary);
}
