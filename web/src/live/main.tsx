/** Starts the page of a live stream. */
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { queryClient } from '../api/queries.ts';
import { applyTheme, storedTheme } from '../state/theme.ts';
import { LivePage } from './live-page.tsx';
import '../styles/tokens.css';
import '../styles/base.css';
import '../styles/controls.css';
import '../styles/live.css';

// Before the first paint of the page: no flash of the other theme.
applyTheme(storedTheme());

const root = document.getElementById('root');
if (root === null) throw new Error('live.html has no #root');
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <LivePage />
    </QueryClientProvider>
  </StrictMode>,
);
