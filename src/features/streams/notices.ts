/** Rows that say why a list is empty, where an empty list would leave a user wondering. They open the configure page. */
import { Buffer } from 'node:buffer';
import { DROP_RULES, DROP_RULE_NAMES } from '../../lib/ranking/drop-rules.ts';

export interface Notice {
  readonly title: string;
  readonly lines: readonly string[];
}

const RULES_SHOWN = 4;

export const NOTHING_YET: Notice = {
  title: 'nothing found yet',
  lines: ['No source has a stream of this title yet.', 'Try again in a minute: new streams show up by themselves.'],
};

export const HIDDEN: Notice = {
  title: 'hidden by your filter',
  lines: ['Your nudity or certificate filter hides this title.', 'Open this row to change the settings.'],
};

export const NOTHING_CONFIGURED: Notice = {
  title: 'nothing to play with',
  lines: ['No provider is set up, and torrents are switched off.', 'Open this row to choose one.'],
};

export const UNREADABLE: Notice = {
  title: 'invalid configuration',
  lines: ['The settings in the address of this add-on cannot be read:'],
};

/** @param counts rows by DROP_RULES */
export function allFiltered(counts: Uint32Array): Notice {
  const dropped = DROP_RULES.map((rule, index) => ({ rule, rows: counts[index] ?? 0 }))
    .filter(({ rule, rows }) => rule !== 'none' && rows > 0)
    .toSorted((a, b) => b.rows - a.rows);
  const total = dropped.reduce((sum, { rows }) => sum + rows, 0);
  return {
    title: 'everything is filtered away',
    lines: [
      total === 1 ? 'The only stream does not fit your settings:' : `None of ${total} streams fits your settings:`,
      ...dropped.slice(0, RULES_SHOWN).map(({ rule, rows }) => `• ${DROP_RULE_NAMES[rule]}: ${rows}`),
      'Open this row to change the settings.',
    ],
  };
}

/** `{"streams":[…]}` with this one row. The link leads to the page without anybody's settings. */
export function noticeBody(notice: Notice, addonName: string, baseUrl: string): Buffer {
  return Buffer.from(JSON.stringify({ streams: [noticeRow(notice, addonName, baseUrl)] }));
}

function noticeRow(notice: Notice, addonName: string, baseUrl: string) {
  return {
    name: `${addonName} ⚠️`,
    description: [capitalised(notice.title), ...notice.lines].join('\n'),
    externalUrl: `${baseUrl}/configure`,
    behaviorHints: { notWebReady: true },
  };
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
