/** Counts and sizes as fields of the configuration. */
import type { JsonValue } from '../lib/json.ts';
import { SIZE_EXPECTED, parseSize, sizeText } from '../lib/size.ts';
import { DraftField, type Parsed } from './draft-field.tsx';

interface SizeProps {
  readonly path: string;
  readonly label: string;
  /** What an empty field means. */
  readonly placeholder: string;
}

/** GB, with `MB` and `TB` understood; empty: no limit. */
export function SizeField({ path, label, placeholder }: SizeProps) {
  return (
    <DraftField
      path={path}
      label={label}
      placeholder={placeholder}
      unit="GB"
      inputMode="decimal"
      parse={parseBytes}
      format={formatBytes}
    />
  );
}

function parseBytes(text: string): Parsed {
  const bytes = parseSize(text);
  return bytes === null ? { problem: SIZE_EXPECTED } : { value: bytes };
}

function formatBytes(value: JsonValue | undefined): string {
  return typeof value === 'number' && value > 0 ? sizeText(value) : '';
}

interface CountProps {
  readonly path: string;
  readonly label: string;
  readonly hint?: string;
  readonly placeholder?: string;
  readonly max: number;
  readonly min?: number;
  readonly decimals?: boolean;
}

export function CountField({
  path,
  label,
  hint,
  placeholder,
  min = 0,
  max,
  decimals = false,
}: CountProps) {
  return (
    <DraftField
      path={path}
      label={label}
      inputMode={decimals ? 'decimal' : 'numeric'}
      format={formatNumber}
      parse={(text) => parseNumber(text, min, max, decimals)}
      {...(hint === undefined ? {} : { hint })}
      {...(placeholder === undefined ? {} : { placeholder })}
    />
  );
}

function parseNumber(text: string, min: number, max: number, decimals: boolean): Parsed {
  const value = Number(text.trim().replace(',', '.'));
  const isAccepted = value >= min && value <= max && (decimals || Number.isInteger(value));
  return isAccepted
    ? { value }
    : { problem: `expected a ${decimals ? '' : 'whole '}number from ${min} to ${max}` };
}

function formatNumber(value: JsonValue | undefined): string {
  return typeof value === 'number' ? String(value) : '';
}
