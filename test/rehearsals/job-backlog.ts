/** Users bring lists, and no worker runs. */
import { runProgram } from '../support/run-program.ts';
import { startApp, type RunningApp } from '../support/start-app.ts';
import { API_PASSWORD, ENVIRONMENT, metric, scraped, type Stage } from './stage.ts';

/** Beyond the threshold of the alert. */
const JOBS = 120;
const WORKER = ['worker', '--queues', 'import', '--concurrency', '8'];

export async function rehearseJobBacklog(stage: Stage): Promise<void> {
  const SECRET_KEY = 'secret-key-of-the-rehearsal';
  await using app = await startApp({
    mode: 'external-1',
    directDatabase: true,
    environment: { ...ENVIRONMENT, SECRET_KEY },
  });
  await using alerts = await stage.alerts(scraped(app));
  stage.tell(`The fault: ${JOBS} lists are imported, and no worker is there`);
  for (let index = 0; index < JOBS; index++) await importList(app, index);
  await stage.until('the jobs wait', async () => (await waiting(app)) === JOBS);
  await alerts.fires(['SluiceJobBacklog']);
  stage.tell(`The cure: node dist/src/main.js ${WORKER.join(' ')}`);
  const stop = new AbortController();
  const worker = runProgram(
    WORKER,
    { POSTGRES_URI: app.databaseUri ?? '', SECRET_KEY },
    { stop: stop.signal, onStderr: () => undefined },
  );
  try {
    await stage.until('they are done', async () => (await waiting(app)) < JOBS);
    await alerts.resolves();
  } finally {
    stop.abort();
    await worker;
  }
}

function waiting(app: RunningApp): Promise<number> {
  return metric(app, 'job_queue_depth', 'queue="import"');
}

async function importList(app: RunningApp, index: number): Promise<void> {
  const title = { type: 'movie', name: `Rehearsed ${index}`, year: 2000 };
  const infoHash = index.toString(16).padStart(40, '0');
  const answer = await fetch(`${app.baseUrl}/api/v1/import/lines?format=ndjson`, {
    method: 'POST',
    headers: { 'x-api-key': API_PASSWORD, 'content-type': 'application/x-ndjson' },
    body: `${JSON.stringify({ infoHash, name: `Rehearsed.${index}.2000.1080p`, title })}\n`,
  });
  if (answer.status !== 202) throw new Error(`import: ${answer.status} ${await answer.text()}`);
}
