/** `POST /configure/test-source`: asks one source, as it stands in the form, and says in words whether it works. */
import { jsonObjectBody } from '../../http/json-body.ts';
import type { Request, Route } from '../../http/route.ts';
import { AppError } from '../../lib/errors.ts';
import type { SourceSettings } from '../../lib/source-settings/source-settings.ts';
import { ownSources, type OwnSourceRules } from '../../lib/user-config/own-sources.ts';
import type { SourceTests } from './contract.ts';
import type { ConfigEditor } from './editor.ts';
import { formTestRoute, type FormTests } from './form-test-routes.ts';

export interface SourceTestOptions {
  readonly tests: SourceTests;
  readonly rules: OwnSourceRules;
  readonly forms: FormTests;
  /** Deadline of a request in milliseconds. */
  readonly timeoutMs: number;
}

export function sourceTestRoute(
  editor: ConfigEditor,
  { tests, rules, forms, timeoutMs }: SourceTestOptions,
): Route {
  return formTestRoute({
    pattern: '/configure/test-source',
    name: 'source-test',
    timeoutMs,
    handler: (request) =>
      forms.answer(
        request,
        () => settingsOf(request, editor, rules),
        (settings, signal) => tests.test(settings, signal),
      ),
  });
}

async function settingsOf(
  request: Request,
  editor: ConfigEditor,
  rules: OwnSourceRules,
): Promise<SourceSettings> {
  if (!rules.isAllowed)
    throw new AppError('request.not-found', 'users of this server have no sources of their own');
  const { ic, existing } = jsonObjectBody(request);
  const stored = typeof existing === 'string' ? existing : null;
  const config = await editor.accept({ ic: ic ?? {} }, stored, request);
  const [settings, ...others] = ownSources(config, rules).settings();
  if (settings !== undefined && others.length === 0) return settings;
  throw new AppError('request.bad-body', 'expected one enabled source of your own in ic', {
    field: 'ic',
  });
}
