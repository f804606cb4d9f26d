/** `POST /configure/test-mediaflow`: asks the MediaFlow proxy that stands in the form, and says in words whether it works. */
import { jsonObjectBody } from '../../http/json-body.ts';
import type { Request, Route } from '../../http/route.ts';
import { AppError } from '../../lib/errors.ts';
import { mediaflowProxyOf, type MediaflowProxy } from '../../lib/mediaflow/mediaflow-proxy.ts';
import type { MediaflowTests } from './contract.ts';
import type { ConfigEditor } from './editor.ts';
import { formTestRoute, type FormTests } from './form-test-routes.ts';

export interface MediaflowTestOptions {
  readonly tests: MediaflowTests;
  readonly forms: FormTests;
  /** Deadline of a request in milliseconds. */
  readonly timeoutMs: number;
}

export function mediaflowTestRoute(
  editor: ConfigEditor,
  { tests, forms, timeoutMs }: MediaflowTestOptions,
): Route {
  return formTestRoute({
    pattern: '/configure/test-mediaflow',
    name: 'mediaflow-test',
    timeoutMs,
    handler: (request) =>
      forms.answer(
        request,
        () => proxyOf(request, editor),
        (proxy, signal) => tests.test(proxy, signal),
      ),
  });
}

async function proxyOf(request: Request, editor: ConfigEditor): Promise<MediaflowProxy> {
  const { mfc, existing } = jsonObjectBody(request);
  const stored = typeof existing === 'string' ? existing : null;
  const config = await editor.accept({ mfc: mfc ?? {} }, stored, request);
  const proxy = mediaflowProxyOf(config['mfc']);
  if (proxy !== null) return proxy;
  throw new AppError('request.bad-body', 'expected the address of a MediaFlow proxy in mfc.pu', {
    field: 'mfc.pu',
  });
}
