/** The server stands still, and goes on: whoever asks waits in vain. */
import { startApp } from '../support/start-app.ts';
import { startProbe } from './exporters.ts';
import { ENVIRONMENT, scraped, type Stage } from './stage.ts';

const PROBE_TIMEOUT_MS = 500;

export async function rehearseServerDown(stage: Stage): Promise<void> {
  await using app = await startApp({ environment: ENVIRONMENT });
  await using probe = await startProbe(`${app.baseUrl}/manifest.json`, PROBE_TIMEOUT_MS);
  await using alerts = await stage.alerts({ ...scraped(app), blackbox: probe });
  stage.tell('The fault: the process stands still (SIGSTOP)');
  process.kill(app.pid, 'SIGSTOP');
  try {
    await alerts.fires(['SluiceDown', 'SluiceUnreachable']);
  } finally {
    stage.tell('The cure: it goes on');
    process.kill(app.pid, 'SIGCONT');
  }
  await alerts.resolves();
}
