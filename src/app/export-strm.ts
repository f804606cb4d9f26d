/** `export --strm FOLDER --viewer ADDRESS`: films and series of providers as files for media servers. */
import { strmReport } from '../features/iptv/feature.ts';
import { AppError } from '../lib/errors.ts';
import { StartError } from '../lib/start-error.ts';
import type { StrmArguments } from './export-arguments.ts';
import { openLibrary } from './import/import-role.ts';
import { everySecond } from './import/playlist.ts';
import type { RoleContext } from './role-context.ts';

/** Exit status 1 where series are missing. @throws StartError */
export async function exportStrm(context: RoleContext, given: StrmArguments): Promise<void> {
  const tell = (text: string) => {
    process.stderr.write(`${text}\n`);
  };
  const report = await openLibrary(context, tell, ({ iptv }) =>
    iptv.strm
      .write(
        given,
        everySecond((files) => tell(`${files} films and episodes`)),
        context.stop,
      )
      .catch((error: unknown) => {
        if (!(error instanceof AppError)) throw error;
        throw new StartError(`export --strm: ${error.message} (${error.code})`);
      }),
  );
  const { films, episodes, written, unchanged, deleted, failedSeries, stale } = report;
  const does = given.isPreview ? 'would be written' : 'written';
  tell(
    `${films} films, ${episodes} episodes: ${written} files ${does}, ${unchanged} unchanged, ${deleted} deleted`,
  );
  for (const path of stale.first) tell(`nothing leads to ${path}`);
  if (stale.files > 0)
    tell(`${stale.files} files are stale: --delete ${stale.deletion} deletes exactly these`);
  if (failedSeries > 0) tell(`${failedSeries} series: their provider did not tell the episodes`);
  if (given.isJson) context.print(`${JSON.stringify(strmReport(report))}\n`);
  if (failedSeries > 0) process.exitCode = 1;
}
