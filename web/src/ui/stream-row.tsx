/** A stream as clients show it: its name beside its description, line breaks kept. */

interface Props {
  readonly stream: { readonly name: string; readonly description: string };
  /** Shown before the row. */
  readonly rank?: number;
  readonly release?: string;
}

export function StreamRow({ stream, rank, release }: Props) {
  return (
    <li className="stream">
      {rank !== undefined && (
        <span className="place" aria-hidden="true">
          {rank}
        </span>
      )}
      <div className="stream-name">{stream.name}</div>
      <div className="stream-text">
        <div className="stream-description">{stream.description.trim()}</div>
        {release !== undefined && <div className="stream-release">{release}</div>}
      </div>
    </li>
  );
}
