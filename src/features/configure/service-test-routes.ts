/** `POST /configure/test-service`: logs in at one service, as it stands in the form, and says in words what came of it. */
import { jsonObjectBody } from '../../http/json-body.ts';
import type { Request, Route } from '../../http/route.ts';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { Deadline } from '../../lib/async/deadline.ts';
import { AppError } from '../../lib/errors.ts';
import { conceal } from '../../lib/source-settings/conceal.ts';
import { ownServices, type ServiceEntry } from '../../lib/user-config/own-services.ts';
import type { DebridServices } from '../debrid/contract.ts';
import { accountWords, failureWords } from './account-words.ts';
import type { SourceTest } from './contract.ts';
import type { ConfigEditor } from './editor.ts';
import { formTestRoute, type FormTests } from './form-test-routes.ts';

export interface ServiceTestOptions {
  readonly services: Pick<DebridServices, 'open'>;
  readonly forms: FormTests;
  readonly digest: (text: string) => string;
  /** Deadline of a request in milliseconds. */
  readonly timeoutMs: number;
}

const TEST_TIMEOUT_MS = 12_000;

export function serviceTestRoute(
  editor: ConfigEditor,
  { services, forms, digest, timeoutMs }: ServiceTestOptions,
): Route {
  return formTestRoute({
    pattern: '/configure/test-service',
    name: 'service-test',
    timeoutMs,
    handler: (request) =>
      forms.answer(
        request,
        () => entryOf(request, editor, digest),
        (entry, signal) => verified(entry, services, signal),
      ),
  });
}

/** The one service of what was sent, its masked values as they are stored. */
async function entryOf(
  request: Request,
  editor: ConfigEditor,
  digest: ServiceTestOptions['digest'],
): Promise<ServiceEntry> {
  const { sps, mfc, existing } = jsonObjectBody(request);
  const stored = typeof existing === 'string' ? existing : null;
  const given = { sps: sps ?? [], ...(mfc !== undefined && { mfc }) };
  const config = await editor.accept(given, stored, request);
  const [entry, ...others] = ownServices(config, digest);
  if (entry !== undefined && others.length === 0 && entry.service.kind !== 'p2p') return entry;
  throw new AppError('request.bad-body', 'expected one enabled service in sps', { field: 'sps' });
}

async function verified(
  entry: ServiceEntry,
  services: ServiceTestOptions['services'],
  signal: CancelSignal,
): Promise<SourceTest> {
  const missing = entry.missing();
  if (missing.length > 0)
    return { isWorking: false, message: `${missing.join(', ')}: still missing` };
  using deadline = new Deadline({
    timeoutMs: TEST_TIMEOUT_MS,
    failure: () => new AppError('fetch.timeout', 'the service did not answer in time'),
    parent: signal,
  });
  try {
    const info = await services.open(entry).verify({ signal: deadline.signal, viewerIp: '' });
    const shown = { ...info, user: conceal(info.user, entry.secrets()) };
    return { isWorking: true, message: accountWords(entry, shown) };
  } catch (error) {
    // What fails is what the test is for: its reason is the answer.
    if (signal.aborted) throw error;
    return { isWorking: false, message: failureWords(error, entry.secrets()) };
  }
}
