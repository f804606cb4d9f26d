/** Marks that stand for a provider's account in addresses that are kept: `…/live/{account:user}/{account:password}/1.ts`. */
import { readAccount, type XtreamAccount } from '../xtream/account.ts';

export interface AccountSecret {
  /** Of the mark. */
  readonly name: string;
  readonly text: string;
}

/** A name of one or two letters is part of any address, and tells nobody anything. */
const USER_CHARS_MIN = 3;
/** From this length on it is found inside of words, too. */
const LONG_CHARS = 8;
const MARK = /\{account:[a-z0-9.]+\}/;
/** Query fields that are secret however short, those that never are, and what is secret in a path: a word without a dot. */
const SECRET_FIELD = /^(?:pass|passwd|password|pwd|token|auth|key|api_?key|secret|sig|signature)$/i;
const HARMLESS_FIELDS: ReadonlySet<string> = new Set([
  'type',
  'output',
  'format',
  'lang',
  'country',
]);
const KEY_CHARS_MIN = 6;
const SECRET_PATH_PART = /^[\w-]{16,}$/;
const SECRETS_MAX = 8;
/** Address of a stream at an Xtream server. */
const STREAM_PATH =
  /^https?:\/\/[^/?#]+\/(?:(?:live|movie|series)\/)?([^/?#]+)\/([^/?#]+)\/\d+(?:\.[a-z0-9]{2,5})?(?:[?#]|$)/i;

/** What is secret in a provider's own address: the account, or whatever looks like a key. */
export function secretsOfAddress(address: string): readonly AccountSecret[] {
  if (!URL.canParse(address)) return [];
  const account = readAccount(address);
  if (account !== null) return secretsOfAccount(account);
  const url = new URL(address);
  const fields = [...url.searchParams].filter(
    ([field, text]) => isSecretField(field) || isLikeKey(field, text),
  );
  const parts = url.pathname.split('/').filter((part) => SECRET_PATH_PART.test(part));
  return keys([...loginOf(url), ...fields.map(([, text]) => text), ...parts]);
}

/** The account that the address of a stream has in its path, its query or before its host; null where it has none. */
export function secretsOfStream(address: string): readonly AccountSecret[] | null {
  const [, user, password] = STREAM_PATH.exec(address) ?? [];
  if (user !== undefined && password !== undefined)
    return secretsOfAccount({ username: decoded(user), password: decoded(password) });
  // Addresses of the network alone have none, and are many.
  if (!/[?@]/.test(address) || !URL.canParse(address)) return null;
  const account = readAccount(address);
  if (account !== null) return secretsOfAccount(account);
  const url = new URL(address);
  const fields = [...url.searchParams].filter(([field]) => isSecretField(field));
  const found = keys([...loginOf(url), ...fields.map(([, text]) => text)]);
  return found.length === 0 ? null : found;
}

function loginOf({ username, password }: URL): readonly string[] {
  return [username, password].map(decoded).filter((text) => text.length >= USER_CHARS_MIN);
}

function isSecretField(field: string): boolean {
  return SECRET_FIELD.test(field);
}

function isLikeKey(field: string, text: string): boolean {
  return !HARMLESS_FIELDS.has(field) && text.length >= KEY_CHARS_MIN;
}

function keys(texts: readonly string[]): readonly AccountSecret[] {
  const kept = [...new Set(texts)].filter((text) => text !== '').slice(0, SECRETS_MAX);
  return kept.map((text, index) => ({ name: `key${index + 1}`, text }));
}

export function secretsOfAccount({
  username,
  password,
}: Pick<XtreamAccount, 'username' | 'password'>): readonly AccountSecret[] {
  const secret = { name: 'password', text: password };
  return username.length < USER_CHARS_MIN ? [secret] : [{ name: 'user', text: username }, secret];
}

/** Puts marks for secrets and back, without loss whatever way of writing an address has. */
export class AccountMarks {
  readonly #marks = new Map<string, string>();
  readonly #texts = new Map<string, string>();
  readonly #pattern: RegExp | null;

  constructor(secrets: readonly AccountSecret[]) {
    for (const { name, text } of secrets) {
      const forms = new Set([encodeURIComponent(text), text, formEncoded(text)]);
      for (const [index, form] of [...forms].entries()) {
        if (form === '' || this.#marks.has(form)) continue;
        const mark = `{account:${name}${index === 0 ? '' : `.${index}`}}`;
        this.#marks.set(form, mark);
        this.#texts.set(mark, form);
      }
    }
    const forms = [...this.#marks.keys()].toSorted((one, other) => other.length - one.length);
    this.#pattern = forms.length === 0 ? null : new RegExp(forms.map(found).join('|'), 'g');
  }

  mask(address: string): string {
    if (this.#pattern === null) return address;
    return address.replace(this.#pattern, (form) => this.#marks.get(form) ?? form);
  }

  holdsSecret(text: string): boolean {
    return this.mask(text) !== text;
  }

  fill(address: string): string {
    if (!address.includes('{account:')) return address;
    return address.replace(new RegExp(MARK, 'g'), (mark) => this.#texts.get(mark) ?? mark);
  }
}

export const NO_MARKS = new AccountMarks([]);

/** Short ones only as whole words: a name like `sports` is in the path of many channels. */
function found(form: string): string {
  const literal = form.replace(/[^A-Za-z0-9]/g, '\\$&');
  return form.length >= LONG_CHARS ? literal : `(?<![A-Za-z0-9])${literal}(?![A-Za-z0-9])`;
}

function formEncoded(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
