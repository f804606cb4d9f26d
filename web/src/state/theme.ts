/** The colour theme: chosen or the system's, set on the root element for the style sheets. */
import { readStored, writeStored } from './browser-storage.ts';

export type Theme = 'auto' | 'light' | 'dark';

const KEY = 'sluice.theme';
const DARK = '(prefers-color-scheme: dark)';

export function storedTheme(): Theme {
  const stored = readStored(KEY);
  return stored === 'light' || stored === 'dark' ? stored : 'auto';
}

export function storeTheme(theme: Theme): void {
  writeStored(KEY, theme === 'auto' ? null : theme);
}

/** Follows the system while the theme is `auto`; returns how to stop that. */
export function applyTheme(theme: Theme): () => void {
  const system = matchMedia(DARK);
  const apply = () => {
    document.documentElement.dataset['theme'] =
      theme === 'auto' ? (system.matches ? 'dark' : 'light') : theme;
  };
  apply();
  system.addEventListener('change', apply);
  return () => system.removeEventListener('change', apply);
}
