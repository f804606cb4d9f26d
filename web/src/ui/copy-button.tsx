/** Copies a text and says so. */
import { useEffect, useState } from 'react';
import { Icon } from './icon.tsx';

const SHOWN_MS = 2000;

interface Props {
  readonly label: string;
  readonly text: string;
  readonly disabled?: boolean;
  readonly onCopied?: (() => void) | undefined;
}

export function CopyButton({ label, text, disabled = false, onCopied }: Props) {
  const [result, setResult] = useState<'idle' | 'done' | 'failed'>('idle');
  useEffect(() => {
    if (result === 'idle') return undefined;
    const timer = setTimeout(() => setResult('idle'), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [result]);
  const copy = () => {
    copyText(text).then(
      () => {
        setResult('done');
        onCopied?.();
      },
      () => setResult('failed'),
    );
  };
  return (
    <>
      <button type="button" className="button" disabled={disabled} onClick={copy}>
        <Icon name={result === 'done' ? 'check' : 'copy'} />
        {label}
      </button>
      <span role="status" className="visually-hidden">
        {result === 'done'
          ? 'Copied'
          : result === 'failed'
            ? 'Copying is not allowed here: select the text instead'
            : ''}
      </span>
    </>
  );
}

/** The clipboard is there on HTTPS and localhost alone; selecting and copying works elsewhere, too. */
async function copyText(text: string): Promise<void> {
  if (navigator.clipboard !== undefined) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'visually-hidden';
  document.body.append(area);
  area.select();
  const isCopied = document.execCommand('copy');
  area.remove();
  if (!isCopied) throw new Error('copy was refused');
}
