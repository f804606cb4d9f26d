/** The frame of a page: its bar; and what stands in it when it cannot be shown. */
import { useEffect, type ReactNode } from 'react';
import { Logo } from './logo.tsx';
import { ThemeToggle } from './theme-toggle.tsx';

interface FrameProps {
  /** Of the page: "Configure". */
  readonly title: string;
  /** Where the first link leads, in words. */
  readonly skipTo: string;
  /** Of the add-on. */
  readonly name: string;
  readonly version?: string;
  /** At the end of the bar. */
  readonly action: ReactNode;
  readonly children: ReactNode;
}

export function Frame({ title, skipTo, name, version, action, children }: FrameProps) {
  useEffect(() => {
    document.title = `${title} · ${name}`;
  }, [title, name]);
  return (
    <>
      <a className="skip" href="#main">
        Skip to {skipTo}
      </a>
      <header className="top">
        <Logo />
        <span className="top-name">{name}</span>
        {version !== undefined && <span className="tag">{version}</span>}
        <span className="spacer" />
        <ThemeToggle />
        {action}
      </header>
      {children}
    </>
  );
}

interface FailureProps {
  readonly title: string;
  readonly error: Error;
  readonly onRetry: () => void;
}

export function Failure({ title, error, onRetry }: FailureProps) {
  return (
    <main id="main" className="single">
      <h1>{title}</h1>
      <p className="notice is-problem" role="alert">
        {error.message}
      </p>
      <p>
        <button type="button" className="button primary" onClick={onRetry}>
          Try again
        </button>
      </p>
    </main>
  );
}
