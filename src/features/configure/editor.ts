/** What the configure page does with configurations: check them, seal them, show them without their secrets. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { writeInstallToken } from '../../lib/install-token/install-token.ts';
import type { KeyRing } from '../../lib/install-token/key-ring.ts';
import { compileStreamTemplate } from '../../lib/stream-template/stream-variables.ts';
import { TemplateError } from '../../lib/stream-template/template-error.ts';
import { USER_CONFIG_FIELDS } from '../../lib/user-config/fields.ts';
import type { JsonObject, JsonValue } from '../../lib/json/json-value.ts';
import { ProblemList } from '../../lib/user-config/problems.ts';
import { maskSecrets, unmaskSecrets } from '../../lib/user-config/secrets.ts';
import { acceptUserConfig, readUserConfig } from '../../lib/user-config/user-config.ts';
import type { TaskPool } from '../../platform/pool/task-pool.ts';
import type { InstanceAccess } from '../access/contract.ts';
import { ownerKeyOf, type ContextRequest } from './contract.ts';
import { profileIdOf, type Profiles } from './profiles.ts';
import { PROFILE_PREFIX, readToken, segmentKind } from './tokens.ts';

export interface EditorParts {
  readonly ring: KeyRing;
  readonly profiles: Profiles;
  readonly access: InstanceAccess;
  /** Runs users' regular expressions, and nothing that others wait for. */
  readonly filterPool: TaskPool;
}

const CHECK_TIMEOUT_MS = 3000;

export class ConfigEditor {
  readonly #parts: EditorParts;

  constructor(parts: EditorParts) {
    this.#parts = parts;
  }

  /**
   * The canonical form of what a user sent, with every masked secret as it is stored, and what this instance asks of installs.
   * @param existing the segment that the masked values were read from, or null
   * @throws AppError `config.invalid` naming every field that is wrong; those of `open`
   */
  async accept(
    given: JsonValue,
    existing: string | null,
    request: ContextRequest,
  ): Promise<JsonObject> {
    const stored = existing === null ? {} : await this.open(existing, request);
    const config = acceptUserConfig(given);
    const problems = new ProblemList();
    const complete = unmaskSecrets(
      config,
      stored,
      USER_CONFIG_FIELDS,
      this.#parts.ring.fingerprint,
      problems,
    );
    checkTemplates(complete, problems);
    await this.#checkNameFilter(complete, problems, request.signal);
    problems.throwIfAny();
    return this.#parts.access.forInstall(complete);
  }

  /**
   * The configuration behind a segment, secrets included; that of a profile for its owner only.
   * @throws AppError `config.bad-token`, `profile.not-found`, `profile.wrong-key`
   */
  async open(segment: string, request: ContextRequest): Promise<JsonObject> {
    const { ring, profiles } = this.#parts;
    if (segmentKind(segment) !== 'profile') return readToken(segment, ring);
    const profileId = profileIdOf(segment.slice(PROFILE_PREFIX.length));
    return profiles.open(
      profileId,
      await profiles.findOwned(profileId, ownerKeyOf(request), request.signal),
    );
  }

  /** @throws AppError `config.too-large` */
  seal(config: JsonObject): string {
    return writeInstallToken(config, this.#parts.ring);
  }

  /** A copy without a secret in it. */
  mask(config: JsonObject): JsonObject {
    return maskSecrets(config, USER_CONFIG_FIELDS, this.#parts.ring.fingerprint);
  }

  /** What is wrong with each regular expression (null: nothing), and which of the names they match, one byte each. */
  testExpressions(
    patterns: readonly string[],
    names: readonly string[],
    signal: CancelSignal,
  ): Promise<{ readonly problems: readonly (string | null)[]; readonly matches: Uint8Array }> {
    return this.#parts.filterPool.run(
      'names.check',
      { patterns, names },
      { signal, timeoutMs: CHECK_TIMEOUT_MS },
    );
  }

  async #checkNameFilter(
    config: JsonObject,
    problems: ProblemList,
    signal: CancelSignal,
  ): Promise<void> {
    const { nameFilter } = readUserConfig(config).ranking;
    if (nameFilter === null || !nameFilter.regex) return;
    const { problems: found } = await this.testExpressions(nameFilter.patterns, [], signal);
    found.forEach((problem, index) => {
      if (problem !== null) problems.add(`snfp[${index}]`, problem);
    });
  }
}

function checkTemplates(config: JsonObject, problems: ProblemList): void {
  const { template } = readUserConfig(config);
  if (template === null) return;
  for (const [field, source] of [
    ['st.t', template.title],
    ['st.d', template.description],
  ] as const) {
    try {
      compileStreamTemplate(source);
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      problems.add(field, error.message);
    }
  }
}
