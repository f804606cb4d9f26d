/** `POST /configure/test-source`: asks one source, as it stands in the form, and says in words whether it works. */
import { Buffer } from 'node:buffer';
import { jsonObjectBody } from '../../http/json-body.ts';
import { jsonReply } from '../../http/json-reply.ts';
import type { Reply, Request, Route } from '../../http/route.ts';
import type { AddressRate } from '../../lib/address-rate.ts';
import { AppError } from '../../lib/errors.ts';
import type { SourceSettings } from '../../lib/source-settings/source-settings.ts';
import { ownSources, type OwnSourceRules } from '../../lib/user-config/own-sources.ts';
import { CONFIG_BYTES_MAX } from '../../lib/user-config/user-config.ts';
import { OWNER_KEY_HEADER, type SourceTests } from './contract.ts';
import type { ConfigEditor } from './editor.ts';

export interface SourceTestOptions {
  readonly tests: SourceTests;
  readonly rules: OwnSourceRules;
  readonly rate: AddressRate;
  /** Deadline of a request in milliseconds. */
  readonly timeoutMs: number;
}

/** At a time in this process; others are refused. */
const TESTS_MAX = 16;

export function sourceTestRoute(editor: ConfigEditor, options: SourceTestOptions): Route {
  const handler = new SourceTestHandler(editor, options);
  return {
    method: 'POST',
    pattern: '/configure/test-source',
    name: 'source-test',
    access: 'install',
    traffic: 'control',
    cachePolicy: 'no-store',
    timeoutMs: options.timeoutMs,
    bodyBytesMax: CONFIG_BYTES_MAX,
    requestHeaders: [OWNER_KEY_HEADER],
    handler: (request) => handler.test(request),
  };
}

class SourceTestHandler {
  readonly #editor: ConfigEditor;
  readonly #options: SourceTestOptions;
  #underWay = 0;

  constructor(editor: ConfigEditor, options: SourceTestOptions) {
    this.#editor = editor;
    this.#options = options;
  }

  async test(request: Request): Promise<Reply> {
    this.#options.rate.take(request.clientAddress);
    const settings = await this.#settingsOf(request);
    if (this.#underWay >= TESTS_MAX)
      throw new AppError('server.overloaded', 'too many sources are being tested: try again');
    this.#underWay++;
    try {
      const { isWorking, message } = await this.#options.tests.test(settings, request.signal);
      return jsonReply(Buffer.from(JSON.stringify({ working: isWorking, message })), 'no-store');
    } finally {
      this.#underWay--;
    }
  }

  /** The one source of what was sent, its masked values as they are stored. */
  async #settingsOf(request: Request): Promise<SourceSettings> {
    const { rules } = this.#options;
    if (!rules.isAllowed)
      throw new AppError('request.not-found', 'users of this server have no sources of their own');
    const { ic, existing } = jsonObjectBody(request);
    const stored = typeof existing === 'string' ? existing : null;
    const config = await this.#editor.accept({ ic: ic ?? {} }, stored, request);
    const [settings, ...others] = ownSources(config, rules).settings();
    if (settings !== undefined && others.length === 0) return settings;
    throw new AppError('request.bad-body', 'expected one enabled source of your own in ic', {
      field: 'ic',
    });
  }
}
