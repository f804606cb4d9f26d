/** Rows that say why a list is empty, or not what its user expects. They open the configure page. */
import { Buffer } from 'node:buffer';
import { DROPPED_BY, DROP_RULES, DROP_RULE_NAMES, KEPT } from '../../lib/ranking/drop-rules.ts';
import type { DropCounts } from '../../lib/ranking/rank.ts';
import type { ListSettings } from '../../lib/user-config/list-settings.ts';
import type { Absence } from './resolve.ts';

export interface Notice {
  readonly title: string;
  readonly lines: readonly string[];
}

const RULES_SHOWN = 4;
const BODY_START = '{"streams":[';
const BODY_END = ']}';
const COMMA = Buffer.from(',');

const HIDDEN: Notice = {
  title: 'hidden by your filter',
  lines: [
    'Your nudity or certificate filter hides this title.',
    'Open this row to change the settings.',
  ],
};

const NOTHING_CONFIGURED: Notice = {
  title: 'nothing to play with',
  lines: ['No provider is set up, and torrents are switched off.', 'Open this row to choose one.'],
};

const NOTHING_FOUND: Notice = {
  title: 'nothing found yet',
  lines: [
    'No source has a stream of this title yet.',
    'Try again in a minute: new streams show up by themselves.',
  ],
};

const NOTHING_STORED: Notice = {
  title: 'no stream of this title',
  lines: ['Nothing in the library of this server plays it, and nothing here searches for more.'],
};

export const UNREADABLE: Notice = {
  title: 'invalid configuration',
  lines: ['The settings in the address of this add-on cannot be read:'],
};

function allFiltered(counts: DropCounts): Notice {
  const dropped = DROP_RULES.map((rule, index) => ({ rule, rows: counts[index] ?? 0 }))
    .filter(({ rule, rows }) => rule !== 'none' && rows > 0)
    .toSorted((a, b) => b.rows - a.rows);
  const total = dropped.reduce((sum, { rows }) => sum + rows, 0);
  return {
    title: 'everything is filtered away',
    lines: [
      total === 1
        ? 'The only stream does not fit your settings:'
        : `None of ${total} streams fits your settings:`,
      ...dropped
        .slice(0, RULES_SHOWN)
        .map(({ rule, rows }) => `• ${DROP_RULE_NAMES[rule]}: ${rows}`),
      'Open this row to change the settings.',
    ],
  };
}

/** Services were chosen that this server cannot play with. @param names as people read them */
function serviceUnavailable(names: readonly string[], playsTorrents: boolean): Notice {
  return {
    title: `${names.join(', ')}: not available on this server yet`,
    lines: [
      playsTorrents
        ? 'Torrents are played without it, directly: your address is visible to other peers.'
        : 'A torrent needs a service that is not available: none is shown.',
      'Open this row to change the settings.',
    ],
  };
}

/** What stands above a list of streams that is not what its user expects; null as a rule. */
export function leadNotice(list: ListSettings): Notice | null {
  return list.unavailableServices.length === 0
    ? null
    : serviceUnavailable(list.unavailableServices, list.playsTorrents);
}

/** Why there is no stream at all. */
export function absenceNotice(absence: Absence, list: ListSettings): Notice {
  if (absence === 'hidden') return HIDDEN;
  if (!list.hasProviders) return leadNotice(list) ?? NOTHING_CONFIGURED;
  return list.liveSearch ? NOTHING_FOUND : NOTHING_STORED;
}

/** Why none of a title's streams is shown: rows by DROP_RULES. */
export function emptyListNotices(counts: DropCounts, list: ListSettings): readonly Notice[] {
  const lead = leadNotice(list);
  const onlyForWantOfService = counts.every(
    (rows, rule) => rows === 0 || rule === KEPT || rule === DROPPED_BY.unavailable,
  );
  if (lead === null) return [allFiltered(counts)];
  return onlyForWantOfService ? [lead] : [lead, allFiltered(counts)];
}

/** `{"streams":[…]}` with these rows. @param configureUrl where they lead: to the settings of whoever asked */
export function noticeBody(
  notices: readonly Notice[],
  addonName: string,
  configureUrl: string,
): Buffer {
  return Buffer.from(
    JSON.stringify({
      streams: notices.map((notice) => noticeRow(notice, addonName, configureUrl)),
    }),
  );
}

/** A copy of `body`, which is `{"streams":[…]}` of one stream at least, with this row before the others. */
export function withLead(
  notice: Notice,
  body: Buffer,
  addonName: string,
  configureUrl: string,
): Buffer {
  const lead = noticeBody([notice], addonName, configureUrl);
  return Buffer.concat([
    lead.subarray(0, -BODY_END.length),
    COMMA,
    body.subarray(BODY_START.length),
  ]);
}

function noticeRow(notice: Notice, addonName: string, configureUrl: string) {
  return {
    name: `${addonName} ⚠️`,
    description: [capitalised(notice.title), ...notice.lines].join('\n'),
    externalUrl: configureUrl,
    behaviorHints: { notWebReady: true },
  };
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
