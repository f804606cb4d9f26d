/** Light, dark, or as the system has it; kept in the browser. */
import { useEffect, useState } from 'react';
import { Icon } from './icon.tsx';
import { applyTheme, storedTheme, storeTheme, type Theme } from '../state/theme.ts';

const NEXT: Readonly<Record<Theme, Theme>> = { auto: 'light', light: 'dark', dark: 'auto' };
const LABELS: Readonly<Record<Theme, string>> = {
  auto: 'as the system',
  light: 'light',
  dark: 'dark',
};
const ICONS = { auto: 'auto', light: 'sun', dark: 'moon' } as const;

export function ThemeToggle() {
  const [theme, setTheme] = useState(storedTheme);
  useEffect(() => applyTheme(theme), [theme]);
  const change = () => {
    const next = NEXT[theme];
    storeTheme(next);
    setTheme(next);
  };
  const label = `Colour theme: ${LABELS[theme]}`;
  return (
    <button
      type="button"
      className="button icon-only"
      onClick={change}
      aria-label={label}
      title={label}
    >
      <Icon name={ICONS[theme]} />
    </button>
  );
}
