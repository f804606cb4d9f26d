/** More posters than one thread can draw. */
import postgres from 'postgres';
import { startApp } from '../support/start-app.ts';
import { ENVIRONMENT, scraped, statusesOf, type Stage } from './stage.ts';

const FORMATS = ['jpeg', 'webp', 'avif'];

export async function rehearseThreadBacklog(stage: Stage): Promise<void> {
  await using app = await startApp({
    mode: 'external-1',
    environment: {
      ...ENVIRONMENT,
      POOL_THREADS: '1',
      CACHE_MEMORY_BYTES: '0',
      REDIS_URL: '',
      ENABLE_BROWNOUT: 'false',
    },
  });
  await using alerts = await stage.alerts(scraped(app));
  const ids = await filmsWithoutArtwork(app.databaseUri ?? '');
  const posters = FORMATS.flatMap((format) =>
    ids.map((id) => `/poster/movie/${id}.jpg?format=${format}`),
  );
  stage.tell(`The fault: ${posters.length} posters are asked for at once, again and again`);
  await alerts.fires(['SluiceQueueBacklog'], {
    ask: () => statusesOf(app, posters),
    everyMs: 1000,
  });
  stage.tell('The cure: nobody asks any more (else POOL_THREADS, or a cache that keeps posters)');
  await alerts.resolves();
}

/** Films of the demo catalogue, whose artwork would be waited for. */
async function filmsWithoutArtwork(uri: string): Promise<readonly string[]> {
  const sql = postgres(uri, { max: 1, onnotice: () => undefined });
  try {
    await sql`DELETE FROM media_image`;
    const rows = await sql<{ id: string }[]>`
      SELECT external_id AS id FROM media_external_id WHERE media_type = 'movie' AND external_id LIKE 'tt%'`;
    return rows.map(({ id }) => id);
  } finally {
    await sql.end({ timeout: 2 });
  }
}
