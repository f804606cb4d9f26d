/** The role `import`: brings what the command line names into the library, beside a running server or alone. */
import { DisposeStack } from '../../lib/async/dispose-stack.ts';
import { AppError } from '../../lib/errors.ts';
import { StartError } from '../../lib/start-error.ts';
import { openKeyRing } from '../../platform/data-dir/key-ring.ts';
import { openDatabase, requireDatabase } from '../../platform/db/targets.ts';
import { openPlatform } from '../../platform/platform.ts';
import { openRedis } from '../../platform/redis/open-redis.ts';
import { composeFeatures, type Features } from '../compose.ts';
import { disposeQuietly } from '../drain.ts';
import { migrateDatabase } from '../migrate.ts';
import { openOwnDatabase } from '../own-database.ts';
import type { RoleContext } from '../role-context.ts';
import { parseImport } from './arguments.ts';
import { importKnownChannels, parseChannels } from './channels.ts';
import { giveWay } from './give-way.ts';
import { importGuide } from './guide.ts';
import { importHashLists, parseHashLists } from './hash-lists.ts';
import { importImdb, parseImdb } from './imdb.ts';
import { ItemImporter } from './import-item.ts';
import { isFolder, isLink, itemsOf } from './items.ts';
import { importMediaFusion, parseMediaFusion } from './mediafusion.ts';
import { importPlaylist, parsePlaylist, type PlaylistArguments } from './playlist.ts';
import { ImportReport } from './report.ts';
import { parseScan, scanFolders } from './scan.ts';
import { filesOf, watchFolders } from './watch.ts';

/** Sets the exit status to 1 where something was refused. @throws StartError */
export async function importToLibrary(context: RoleContext): Promise<void> {
  giveWay();
  const [what] = context.parameters;
  if (what === 'imdb') return importFromImdb(context);
  if (what === 'mediafusion') return importFromMediaFusion(context);
  if (what === 'hashlists') return importFromHashLists(context);
  if (what === 'scan') return importByScan(context);
  if (what === 'channels') return importFromChannels(context);
  const playlist = parsePlaylist(context.parameters);
  if (playlist !== null) return importChannels(context, playlist);
  const given = parseImport(context.parameters);
  const folders = await foldersOf(given.sources);
  if (given.isWatching && folders.length === 0)
    throw new StartError('import: --watch: expected a folder to watch');
  // Before anything is read: what comes meanwhile is imported, too.
  const seen = given.isWatching ? await filesOf(folders) : [];
  const report = new ImportReport();
  const stack = new DisposeStack();
  try {
    const { ingest } = await openFeatures(context, stack, report);
    const importer = new ItemImporter(ingest, given, report, context.stop);
    for await (const item of itemsOf(given.sources)) await importer.run(item);
    report.tell(report.summary());
    if (given.isWatching) await watchFolders(folders, seen, importer, context.stop);
  } finally {
    await disposeQuietly(stack, context.logger);
  }
  if (given.isJson) context.print(`${report.json()}\n`);
  if (report.counts.refused > 0) process.exitCode = 1;
}

async function importChannels(context: RoleContext, given: PlaylistArguments): Promise<void> {
  const report = new ImportReport();
  const output = {
    tell: (text: string) => report.tell(text),
    print: (text: string) => context.print(text),
  };
  try {
    const isIn = await openLibrary(context, output.tell, ({ iptv, guide }) =>
      given.type === 'xmltv'
        ? importGuide(guide, given, output, context.stop)
        : importPlaylist(iptv, given, output, context.stop),
    );
    if (!isIn) process.exitCode = 1;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new StartError(`${given.name}: ${error.message} (${error.code})`);
  }
}

/** Runs with everything that the library has, beside a running server or alone. */
export async function openLibrary<R>(
  context: RoleContext,
  tell: (text: string) => void,
  work: (features: Features) => Promise<R>,
): Promise<R> {
  const stack = new DisposeStack();
  try {
    return await work(await openFeatures(context, stack, { tell }));
  } finally {
    await disposeQuietly(stack, context.logger);
  }
}

async function importFromImdb(context: RoleContext): Promise<void> {
  const given = parseImdb(context.parameters.slice(1));
  await withFeatures(context, 'imdb', ({ ingest }, report) =>
    importImdb(ingest.imdb, given, report, context),
  );
}

async function importFromMediaFusion(context: RoleContext): Promise<void> {
  const given = await parseMediaFusion(context.parameters.slice(1));
  await withFeatures(context, 'mediafusion', ({ ingest }, report) =>
    importMediaFusion(ingest.mediaFusion, given, report, context),
  );
}

async function importFromHashLists(context: RoleContext): Promise<void> {
  const given = parseHashLists(context.parameters.slice(1));
  await withFeatures(context, 'hashlists', ({ ingest }, report) =>
    importHashLists(ingest.hashLists, given, report, context),
  );
}

async function importByScan(context: RoleContext): Promise<void> {
  const given = parseScan(context.parameters.slice(1));
  await withFeatures(context, 'scan', ({ folders }, report) =>
    scanFolders(folders.folders, given, report, context),
  );
}

async function importFromChannels(context: RoleContext): Promise<void> {
  const given = parseChannels(context.parameters.slice(1));
  await withFeatures(context, 'channels', ({ iptv }, report) =>
    importKnownChannels(iptv.known, given, report, context),
  );
}

async function withFeatures(
  context: RoleContext,
  what: string,
  work: (features: Features, report: ImportReport) => Promise<void>,
): Promise<void> {
  const report = new ImportReport();
  const stack = new DisposeStack();
  try {
    await work(await openFeatures(context, stack, report), report);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new StartError(`import ${what}: ${error.message} (${error.code})`);
  } finally {
    await disposeQuietly(stack, context.logger);
  }
  if (report.counts.refused > 0) process.exitCode = 1;
}

async function foldersOf(sources: readonly string[]): Promise<readonly string[]> {
  const folders: string[] = [];
  for (const source of sources)
    if (!isLink(source) && (await isFolder(source))) folders.push(source);
  return folders;
}

async function openFeatures(
  context: RoleContext,
  stack: DisposeStack,
  report: Pick<ImportReport, 'tell'>,
): Promise<Features> {
  const { config, logger, stop } = context;
  const targets = await openOwnDatabase(context, stack, (text) => report.tell(text), true);
  if (config.MIGRATE_ON_START) await migrateDatabase(config, targets, logger, stop);
  const database = stack.use(openDatabase(config, targets, logger));
  const instanceId = await requireDatabase(targets, database, logger);
  const redis = await openRedis(config, instanceId, logger);
  if (redis !== null) stack.use(redis);
  const platform = openPlatform({ config, targets, database, redis, logger, isLean: true }, stack);
  // Providers' addresses are sealed with the key that the server opens them with.
  return composeFeatures(platform, await openKeyRing(config, logger), stack);
}
