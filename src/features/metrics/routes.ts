/** `/metrics`, in the format that the scraper likes best. */
import { Representation } from '../../http/representation.ts';
import type { Reply, Request, Route } from '../../http/route.ts';
import { EXPOSITION_TYPES } from '../../platform/metrics/exposition.ts';
import type { ScrapeAccess } from './access.ts';
import { formatFor } from './negotiation.ts';
import type { MetricsService } from './service.ts';

/** Prometheus waits ten seconds unless it is told otherwise. */
const TIMEOUT_MS = 5000;

export function metricsRoutes(service: MetricsService, access: ScrapeAccess): readonly Route[] {
  return [
    {
      pattern: '/metrics',
      name: 'metrics',
      access: 'open',
      traffic: 'exempt',
      cachePolicy: 'no-store',
      timeoutMs: TIMEOUT_MS,
      // An overload is when it is needed.
      uncapped: true,
      requestHeaders: ['accept', 'authorization', 'forwarded', 'x-forwarded-for'],
      handler: (request) => scrape(request, service, access),
    },
  ];
}

async function scrape(
  request: Request,
  service: MetricsService,
  access: ScrapeAccess,
): Promise<Reply> {
  const forwarded = `${request.header('x-forwarded-for')}${request.header('forwarded')}`;
  const authorization = request.header('authorization');
  access.check({ authorization, forwarded, clientAddress: request.clientAddress });
  const format = formatFor(request.header('accept'));
  const representation = new Representation(await service.text(format), {
    contentType: EXPOSITION_TYPES[format],
    cacheControl: 'no-store',
    compressible: true,
    isForFew: true,
  });
  return { status: 200, representation, headers: ['Vary', 'Accept'] };
}
