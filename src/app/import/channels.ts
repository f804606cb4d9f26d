/** `import channels <file or address>`: which names are the same television channel, as iptv-org's table knows. */
import { parseArgs } from 'node:util';
import type { KnownChannels } from '../../features/iptv/contract.ts';
import { StartError } from '../../lib/start-error.ts';
import type { RoleContext } from '../role-context.ts';
import type { ImportReport } from './report.ts';

interface ChannelsArguments {
  readonly source: string;
  readonly isJson: boolean;
}

/** @param parameters behind `channels` @throws StartError saying what is accepted */
export function parseChannels(parameters: readonly string[]): ChannelsArguments {
  const { values, positionals } = parse(parameters);
  const [source, ...more] = positionals;
  if (source === undefined || more.length > 0)
    throw new StartError('import channels: expected one file or address of channels.json');
  return { source, isJson: values.json };
}

function parse(parameters: readonly string[]) {
  try {
    return parseArgs({
      args: [...parameters],
      allowPositionals: true,
      options: { json: { type: 'boolean', default: false } },
    });
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('.')[0] ?? '') : String(error);
    throw new StartError(`import channels: ${reason} (import --help)`);
  }
}

export async function importKnownChannels(
  known: KnownChannels,
  { source, isJson }: ChannelsArguments,
  report: ImportReport,
  { stop, print }: Pick<RoleContext, 'stop' | 'print'>,
): Promise<void> {
  const counts = await known.run(source, stop);
  const { channels, names, ambiguous, merged } = counts;
  report.tell(
    `${channels} channels with ${names} other names are known (${ambiguous} names mean several); ` +
      `${merged} channels of the lists became one with another`,
  );
  if (isJson) print(`${JSON.stringify(counts)}\n`);
}
