/** Rows that say why a list is empty, or not what its user expects. They open the configure page. */
import { Buffer } from 'node:buffer';
import { DROPPED_BY, DROP_RULES, DROP_RULE_NAMES, KEPT } from '../../lib/ranking/drop-rules.ts';
import type { DropCounts } from '../../lib/ranking/rank.ts';
import type { ListSettings } from '../../lib/user-config/list-settings.ts';
import type { SourceProgress } from './contract.ts';
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

const NOTHING_SEARCHED: Notice = {
  title: 'no stream of this title',
  lines: ['Nothing in the library of this server plays it, and nothing here searches for more.'],
};

/** Of an unknown title, while those who may know it have not answered. */
export const TITLE_OPEN: readonly Notice[] = [
  {
    title: 'still looking up this title',
    lines: [
      'It is new to this server, and who knows titles has not answered yet.',
      'Open the title again in a moment.',
    ],
  },
];

/** Names of sources in one line. */
const NAMES_SHOWN = 4;
const COME_BACK = 'Open the title again in a moment to see what they found.';

export const UNREADABLE: Notice = {
  title: 'invalid configuration',
  lines: ['The settings in the address of this add-on are of no use here:'],
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
function serviceUnavailable(
  names: readonly string[],
  { playsTorrents, services }: ListSettings,
): Notice {
  const others = services.map(({ name }) => name).join(', ');
  return {
    title: `${names.join(', ')}: not available on this server yet`,
    lines: [
      playsTorrents
        ? 'Torrents are played without it, directly: your address is visible to other peers.'
        : others === ''
          ? 'A torrent needs a service that is not available: none is shown.'
          : `Torrents are played with ${others}.`,
      'Open this row to change the settings.',
    ],
  };
}

const NO_NOTICES: readonly Notice[] = [];

/** What stands above a list of streams that is not what its user expects; nothing as a rule. */
export function leadNotices(list: ListSettings): readonly Notice[] {
  return list.unavailableServices.length === 0
    ? NO_NOTICES
    : [serviceUnavailable(list.unavailableServices, list)];
}

/** Of an answer that is not complete. @param sources of the search; empty when another process does it */
export function searchingNotices(sources: readonly SourceProgress[]): readonly Notice[] {
  const asked = namesOf(sources, 'asked');
  const failed = namesOf(sources, 'failed');
  if (asked.length === 0 && failed.length > 0 && failed.length === sources.length)
    return [
      {
        title: failed.length === 1 ? 'the source did not answer' : 'no source answered',
        lines: [`Asked without success: ${listed(failed)}.`, 'They are asked again soon.'],
      },
    ];
  if (asked.length === 0) return [{ title: 'still searching', lines: [COME_BACK] }];
  return [
    {
      title: `still searching: ${asked.length} of ${counted(sources.length)}`,
      lines: [
        `Not heard from yet: ${listed(asked)}.`,
        ...(failed.length === 0 ? [] : [`Did not answer: ${listed(failed)}.`]),
        COME_BACK,
      ],
    },
  ];
}

function namesOf(
  sources: readonly SourceProgress[],
  state: SourceProgress['state'],
): readonly string[] {
  return sources.filter((source) => source.state === state).map(({ name }) => name);
}

function counted(sources: number): string {
  return sources === 1 ? '1 source' : `${sources} sources`;
}

function listed(names: readonly string[]): string {
  const rest = names.length - NAMES_SHOWN;
  const shown = names.slice(0, NAMES_SHOWN).join(', ');
  return rest > 0 ? `${shown} and ${rest} more` : shown;
}

/** Why there is no stream at all. */
export function absenceNotice(absence: Absence, list: ListSettings): Notice {
  if (absence === 'hidden') return HIDDEN;
  const [lead = NOTHING_CONFIGURED] = leadNotices(list);
  if (!list.hasProviders) return lead;
  return list.liveSearch ? NOTHING_FOUND : NOTHING_SEARCHED;
}

/** Why none of a title's streams is shown: rows by DROP_RULES. */
export function emptyListNotices(counts: DropCounts, list: ListSettings): readonly Notice[] {
  const leads = leadNotices(list);
  const onlyForWantOfService = counts.every(
    (rows, rule) => rows === 0 || rule === KEPT || rule === DROPPED_BY.unavailable,
  );
  return onlyForWantOfService && leads.length > 0 ? leads : [...leads, allFiltered(counts)];
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

/** A copy of `body`, which is `{"streams":[…]}` of one stream at least, with these rows before the others. */
export function withLeads(
  notices: readonly Notice[],
  body: Buffer,
  addonName: string,
  configureUrl: string,
): Buffer {
  const lead = noticeBody(notices, addonName, configureUrl);
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

/** But not a name that begins small: qBittorrent. */
function capitalised(text: string): string {
  return /^[a-z]+(?![A-Za-z])/.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}
