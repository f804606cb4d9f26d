/** More recordings are to be transcoded than can be, from a disk so slow that looking at each takes seconds. */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RUNG_NAMES } from '../../src/lib/transcode/ladder.ts';
import { startApp, type RunningApp } from '../support/start-app.ts';
import { API_PASSWORD, ENVIRONMENT, metric, scraped, type Stage } from './stage.ts';

/** Beyond the threshold of the alert, for as long as it takes to fire. */
const TRANSCODES = 24;
/** Beyond the threshold of the other one. */
const SLOW_SCAN_S = 12;
const MANY = 'transcoding_queue_depth';

export async function rehearseTranscodes(stage: Stage): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-rehearsal-'));
  const ffmpeg = join(folder, 'ffmpeg');
  const scanTakes = (seconds: number) =>
    writeProgram(join(folder, 'ffprobe'), `[ "$1" = -version ] || sleep ${seconds}; echo '{}'`);
  try {
    await writeProgram(ffmpeg, "echo 'ffmpeg version 5.1'");
    await scanTakes(SLOW_SCAN_S);
    await using app = await startApp({
      environment: { ...ENVIRONMENT, WORKER_SINGLE_MODE: 'true', FFMPEG_PATH: ffmpeg },
    });
    await using alerts = await stage.alerts(scraped(app));
    stage.tell(`The fault: ${TRANSCODES} transcodes are wanted, and a look takes ${SLOW_SCAN_S} s`);
    await wantTranscodes(app);
    await stage.until('they wait', async () => (await metric(app, MANY, '')) > 10);
    await alerts.fires(['HighTranscodingQueue', 'SlowMediaScan']);
    stage.tell('The cure: a disk that answers');
    await scanTakes(0);
    await stage.until('none waits', async () => (await metric(app, MANY, '')) === 0);
    await alerts.resolves();
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function writeProgram(path: string, script: string): Promise<void> {
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
}

/** Of one recording, each of other variants. */
async function wantTranscodes(app: RunningApp): Promise<void> {
  const headers = { 'x-api-key': API_PASSWORD, 'content-type': 'application/json' };
  const ask = async (method: string, path: string, body: string | Uint8Array) => {
    const answer = await fetch(app.baseUrl + path, { method, headers, body });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  };
  const made = await ask('POST', '/api/v1/live', JSON.stringify({ title: 'Rehearsed' }));
  const { id, ownerKey } = (await made.json()) as {
    readonly id: string;
    readonly ownerKey: string;
  };
  const segment = new Uint8Array(188);
  segment[0] = 0x47;
  await ask('PUT', `/live/${id}/ingest/${ownerKey}/a0.ts`, segment);
  await ask('PUT', `/live/${id}/ingest/${ownerKey}/index.m3u8`, '#EXTM3U\n#EXTINF:2,\na0.ts\n');
  await fetch(`${app.baseUrl}/api/v1/live/${id}/end`, {
    method: 'POST',
    headers: { 'x-owner-key': ownerKey },
  });
  for (let wanted = 1; wanted <= TRANSCODES; wanted += 1) {
    const variants = RUNG_NAMES.filter((_, bit) => (wanted & (1 << bit)) !== 0);
    await ask('POST', `/api/v1/live/${id}/transcodes`, JSON.stringify({ variants }));
  }
}
