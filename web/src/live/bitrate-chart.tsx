/** The bitrate over time: for viewers of what the player fetched, for the owner of what the encoder sent. */
import { useQuery } from '@tanstack/react-query';
import { bitrateOf } from './live-api.ts';

interface Props {
  /** Bits per second of the pieces that the player fetched, oldest first. */
  readonly pieces: readonly number[];
  readonly ownerKey: string;
}

const ASK_EVERY_MS = 2000;
const WIDTH = 300;
const HEIGHT = 64;

export function BitrateChart({ pieces, ownerKey }: Props) {
  const { data, error } = useQuery({
    queryKey: ['bitrate', ownerKey],
    queryFn: ({ signal }) => bitrateOf(ownerKey, signal),
    enabled: ownerKey !== '',
    refetchInterval: ASK_EVERY_MS,
    retry: false,
  });
  const isOwner = ownerKey !== '' && data !== undefined;
  const values = isOwner ? data.seconds : pieces;
  const words = isOwner
    ? `Sent: now ${mbit(data.currentBps)}, average ${mbit(data.averageBps)}, peak ${mbit(data.peakBps)}, ${data.drops} refused`
    : fetchedWords(pieces);
  return (
    <figure className="bitrate">
      <figcaption>
        <h2>Bitrate</h2>
        <p className="hint">{words}</p>
        {error !== null && <p className="problem">{error.message}</p>}
      </figcaption>
      <Bars values={values} label={words} />
    </figure>
  );
}

function Bars({ values, label }: { readonly values: readonly number[]; readonly label: string }) {
  const highest = Math.max(1, ...values);
  const width = WIDTH / Math.max(values.length, 1);
  return (
    <svg
      className="bitrate-bars"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`Chart. ${label}`}
    >
      {values.map((value, at) => {
        const height = (HEIGHT * value) / highest;
        return (
          <rect
            // Each second has its place, whatever stands in it.
            key={at}
            x={at * width}
            y={HEIGHT - height}
            width={Math.max(width - 1, 0.5)}
            height={height}
          />
        );
      })}
    </svg>
  );
}

function fetchedWords(pieces: readonly number[]): string {
  const last = pieces.at(-1);
  if (last === undefined) return 'Nothing was fetched yet.';
  const average = pieces.reduce((sum, one) => sum + one, 0) / pieces.length;
  return `Fetched: now ${mbit(last)}, average ${mbit(average)}, peak ${mbit(Math.max(...pieces))}`;
}

function mbit(bitsPerSecond: number): string {
  return `${(bitsPerSecond / 1e6).toFixed(2)} Mbit/s`;
}
