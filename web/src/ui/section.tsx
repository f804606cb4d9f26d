/** A section of the page: a landmark with its heading and what it is for; and a smaller part within one. */
import type { ReactNode } from 'react';

interface Props {
  readonly id: string;
  readonly title: string;
  readonly lede: ReactNode;
  readonly children: ReactNode;
}

export function Section({ id, title, lede, children }: Props) {
  return (
    <section className="section" id={id} aria-labelledby={`${id}-title`} tabIndex={-1}>
      <h2 id={`${id}-title`}>{title}</h2>
      <p className="lede">{lede}</p>
      {children}
    </section>
  );
}

interface PartProps {
  readonly title: string;
  readonly children: ReactNode;
}

export function Part({ title, children }: PartProps) {
  return (
    <div className="part">
      <h3>{title}</h3>
      {children}
    </div>
  );
}

interface DisclosureProps {
  readonly title: string;
  /** What it holds, in a few words. */
  readonly summary: string;
  readonly className?: string;
  readonly children: ReactNode;
}

/** Closed until somebody wants it. */
export function Disclosure({ title, summary, className = '', children }: DisclosureProps) {
  return (
    <details className={`disclosure ${className}`}>
      <summary>
        <span className="disclosure-title">{title}</span>
        <span className="disclosure-summary">{summary}</span>
      </summary>
      <div className="disclosure-body">{children}</div>
    </details>
  );
}
