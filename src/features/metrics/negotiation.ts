/** Which of the two formats an `Accept` header asks for (RFC 9110 section 12.5.1). */
import type { ExpositionFormat } from '../../platform/metrics/exposition.ts';

/** OpenMetrics where it is named and nothing is liked better; the older text for everybody else, browsers too. */
export function formatFor(accept: string): ExpositionFormat {
  let openMetrics = 0;
  let text = 0;
  for (const range of accept.toLowerCase().split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
    const quality = qualityOf(parameters);
    if (type === 'application/openmetrics-text' && takesOurVersion(parameters))
      openMetrics = Math.max(openMetrics, quality);
    else if (type === 'text/plain') text = Math.max(text, quality);
  }
  return openMetrics > 0 && openMetrics >= text ? 'openmetrics' : 'text';
}

function takesOurVersion(parameters: readonly string[]): boolean {
  const version = parameters.find((parameter) => parameter.startsWith('version='));
  return version === undefined || /^version="?1\./.test(version);
}

/** 1 where none is given; what is no number counts as a refusal. */
function qualityOf(parameters: readonly string[]): number {
  const given = parameters.find((parameter) => parameter.startsWith('q='));
  const quality = given === undefined ? 1 : Number(given.slice(2));
  return quality >= 0 && quality <= 1 ? quality : 0;
}
