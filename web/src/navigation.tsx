/** Links to the sections, with the one in view marked and the sections that need attention told. */
import { useEffect, useRef, useState } from 'react';
import { parsePath } from './lib/field-path.ts';
import { useProblems } from './state/page-context.ts';

const SECTIONS = [
  ['presets', 'Begin with'],
  ['providers', 'Providers'],
  ['catalogues', 'Catalogues'],
  ['filters', 'Filters'],
  ['sort-order', 'Sort order'],
  ['languages', 'Languages'],
  ['stream-types', 'Stream types'],
  ['name-filter', 'Name filter'],
  ['presentation', 'Presentation'],
  ['advanced', 'Advanced'],
  ['preview', 'Preview'],
  ['install', 'Install'],
  ['settings-file', 'Settings file'],
] as const;

/** Sections of the settings, by their first key. Others are under Advanced. */
const SECTION_OF: Readonly<Record<string, string>> = {
  sps: 'providers',
  ept: 'providers',
  cc: 'catalogues',
  ec: 'catalogues',
  eim: 'catalogues',
  sr: 'filters',
  qf: 'filters',
  hf: 'filters',
  vcf: 'filters',
  acf: 'filters',
  chf: 'filters',
  ms: 'filters',
  mns: 'filters',
  mes: 'filters',
  mnes: 'filters',
  mxs: 'filters',
  mspr: 'filters',
  mspt: 'filters',
  nf: 'filters',
  cf: 'filters',
  tsp: 'sort-order',
  ls: 'languages',
  stg: 'stream-types',
  pg: 'stream-types',
  sto: 'stream-types',
  eus: 'stream-types',
  puot: 'stream-types',
  ets: 'stream-types',
  eas: 'stream-types',
  snfm: 'name-filter',
  snfp: 'name-filter',
  snfr: 'name-filter',
  st: 'presentation',
};

export function Navigation() {
  const current = useSectionInView();
  const list = useRef<HTMLUListElement>(null);
  const wrong = new Set(
    useProblems().map(({ field }) => SECTION_OF[String(parsePath(field)[0])] ?? 'advanced'),
  );
  useEffect(() => {
    // Sideways only: on phones the list is a strip, and the page itself must not jump.
    const strip = list.current;
    const link = strip?.querySelector<HTMLElement>('[aria-current]') ?? null;
    if (strip !== null && link !== null)
      strip.scrollTo({ left: link.offsetLeft - strip.offsetWidth / 3 });
  }, [current]);
  return (
    <nav className="navigation" aria-label="Sections">
      <ul ref={list}>
        {SECTIONS.map(([id, title]) => (
          <li key={id}>
            <a href={`#${id}`} aria-current={id === current ? 'true' : undefined}>
              {title}
              {wrong.has(id) && (
                <span className="nav-mark">
                  <span className="visually-hidden"> needs attention</span>
                </span>
              )}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** The section that crosses the upper third of the window. */
function useSectionInView(): string {
  const [current, setCurrent] = useState<string>(SECTIONS[0][0]);
  useEffect(() => {
    const observer = new IntersectionObserver(
      (entries) => {
        const entered = entries.find(({ isIntersecting }) => isIntersecting);
        if (entered !== undefined) setCurrent(entered.target.id);
      },
      { rootMargin: '-25% 0px -70% 0px' },
    );
    for (const [id] of SECTIONS) {
      const element = document.getElementById(id);
      if (element !== null) observer.observe(element);
    }
    return () => observer.disconnect();
  }, []);
  return current;
}
