/** A QR code as one SVG path, always dark on white with its quiet zone: scanners need that in dark pages, too. */
import { useMemo } from 'react';
import { encode } from 'uqr';

/** Version 40 with the lowest correction holds no more bytes. */
const BYTES_MAX = 2953;
const QUIET_ZONE = 4;

interface Props {
  readonly text: string;
  readonly label: string;
}

export function QrCode({ text, label }: Props) {
  const code = useMemo(() => (text.length > BYTES_MAX ? null : codeOf(text)), [text]);
  if (code === null)
    return (
      <p className="hint">
        This address is too long for a QR code. A stored profile has a short one.
      </p>
    );
  return (
    <svg
      className="qr"
      role="img"
      aria-label={label}
      viewBox={`0 0 ${code.size} ${code.size}`}
      shapeRendering="crispEdges"
    >
      <path fill="#fff" d={`M0 0h${code.size}v${code.size}H0z`} />
      <path fill="#000" d={code.path} />
    </svg>
  );
}

function codeOf(text: string): { readonly size: number; readonly path: string } {
  const { size, data } = encode(text, { ecc: 'L', border: QUIET_ZONE });
  const path = data.map((row, y) => rowPath(row, y)).join('');
  return { size, path };
}

/** Dark runs of a row, one rectangle each. */
function rowPath(row: readonly boolean[], y: number): string {
  let path = '';
  for (let x = 0; x < row.length; x++) {
    if (row[x] !== true) continue;
    const start = x;
    while (row[x + 1] === true) x++;
    path += `M${start} ${y}h${x - start + 1}v1H${start}z`;
  }
  return path;
}
