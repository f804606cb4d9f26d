/** What a service says about an account, in the words of somebody who sets it up. */
import { AppError, type ErrorCode } from '../../lib/errors.ts';
import { conceal } from '../../lib/source-settings/conceal.ts';
import type { ServiceEntry } from '../../lib/user-config/own-services.ts';
import type { AccountInfo } from '../debrid/contract.ts';

/** What is wrong, and what to do. Other failures say it themselves. */
const FAILURE_WORDS: Readonly<Partial<Record<ErrorCode, string>>> = {
  'debrid.bad-token':
    'the key is wrong, has expired or was revoked. Copy it again from your account page there',
  'debrid.bad-login': 'the name or the password is wrong',
  'debrid.account-locked': 'the account is locked, or not activated yet. Log in there and look',
  'debrid.need-premium': 'the account has no subscription, or it has ended',
  'debrid.ip-not-allowed': 'the service does not accept calls from the address of this server',
  'debrid.api-blocked':
    'the service wants you to confirm the address of this server first: look into your mail',
  'debrid.server-refused': 'the service takes no calls from servers and VPNs',
  'debrid.too-many-requests': 'the service is asked too often just now. Try again in a minute',
  'debrid.service-down': 'the service does not work just now. Try again later',
  'debrid.bad-answer': 'what answers there is not this service. Check the address',
  'debrid.login-expired': 'the code has expired, or was used or refused. Get a new one',
  'upstream.open': 'the service does not work just now. Try again in a minute',
  'upstream.busy': 'the service is asked too often just now. Try again in a minute',
  'upstream.limited': 'the service is asked too often just now. Try again in a minute',
  'fetch.timeout': 'the service did not answer in time. Try again later',
  'fetch.blocked-address': 'the address is not a public one: this server does not call it',
};

/**
 * @param secrets what was sent; taken out of whatever is not said in words of ours
 * @throws whatever is no failure of the service
 */
export function failureWords(error: unknown, secrets: readonly string[] = []): string {
  if (!(error instanceof AppError)) throw error;
  return FAILURE_WORDS[error.code] ?? conceal(error.message, secrets);
}

/** `Logged in as somebody, premium until 14 March 2027.` */
export function accountWords({ service }: ServiceEntry, info: AccountInfo): string {
  if (service.kind !== 'debrid') return `${info.user} answers.`;
  return `Logged in as ${info.user}, ${subscriptionWords(info)}.`;
}

function subscriptionWords({ isPremium, premiumUntilMs }: AccountInfo): string {
  const until = premiumUntilMs === null ? null : dayOf(premiumUntilMs);
  if (isPremium) return until === null ? 'premium' : `premium until ${until}`;
  const ended = until === null ? '' : ` (it ended on ${until})`;
  return `without a subscription${ended}: most of what is found will not play`;
}

function dayOf(epochMs: number): string {
  const day = { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' } as const;
  return new Date(epochMs).toLocaleDateString('en-GB', day);
}
