/** Starts the page that the address names: imports, which come in a file of their own, or settings. */
import { QueryClientProvider } from '@tanstack/react-query';
import { lazy, StrictMode, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { queryClient } from './api/queries.ts';
import { App } from './app.tsx';
import { applyTheme, storedTheme } from './state/theme.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/layout.css';
import './styles/lists.css';

// Before the first paint of the page: no flash of the other theme.
applyTheme(storedTheme());

// The page's own address changes with what is loaded: relative to that, the icon would be elsewhere.
for (const icon of document.querySelectorAll<HTMLLinkElement>('link[rel~="icon"]'))
  icon.setAttribute('href', icon.href);

const Page = /\/import\/?$/.test(location.pathname)
  ? lazy(async () => ({ default: (await import('./import/page.tsx')).ImportPage }))
  : App;

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <Suspense>
        <Page />
      </Suspense>
    </QueryClientProvider>
  </StrictMode>,
);
