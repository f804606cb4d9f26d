/** Style of the landing page: the colours of the configure page, light and dark as the system has it. */
export const LANDING_STYLE = `
:root {
  color-scheme: light dark;
  --page: #f3f6f8; --surface: #fff; --sunken: #eef3f5; --line: #d7e0e5; --line-strong: #6f818c; --text: #14212a;
  --soft: #4c5d68; --accent: #0b6580; --accent-strong: #084e63; --on-accent: #fff; --good: #17683e; --danger: #b3261e;
  --note: #fff5da; --note-line: #d9ae3c;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0d1419; --surface: #151e25; --sunken: #10181e; --line: #2a3841; --line-strong: #6d808c; --text: #e5edf1;
    --soft: #a3b4bf; --accent: #62c6e2; --accent-strong: #8bd8ed; --on-accent: #05222b; --good: #7ed6a5; --danger: #ff9c92;
    --note: #33290f; --note-line: #8a6d1f;
  }
}
* { box-sizing: border-box; margin: 0; }
body {
  background: var(--page); color: var(--text); line-height: 1.5;
  font: 0.9375rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
}
main { max-width: 42rem; margin: 0 auto; padding: 3rem 1rem 4rem; }
header { display: flex; align-items: center; gap: 1rem; }
header img { border-radius: 14px; object-fit: contain; }
h1 { font-size: 1.875rem; line-height: 1.2; overflow-wrap: anywhere; }
h2 { font-size: 1.0625rem; margin-bottom: 0.25rem; }
.soft { color: var(--soft); }
.lede { font-size: 1.0625rem; margin: 1.25rem 0 1.5rem; overflow-wrap: anywhere; }
section {
  background: var(--surface); border: 1px solid var(--line); border-radius: 14px; padding: 1.25rem; margin-top: 1rem;
}
section > p { color: var(--soft); }
section > p + p { margin-top: 0.75rem; }
.actions { display: flex; flex-wrap: wrap; gap: 0.75rem; }
.button {
  display: inline-flex; align-items: center; justify-content: center; min-height: 2.75rem; padding: 0 1.25rem;
  border: 1px solid var(--line-strong); border-radius: 8px; color: var(--accent); font-weight: 600; text-decoration: none;
}
.button.is-main { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
.button:hover { border-color: var(--accent-strong); color: var(--accent-strong); }
.button.is-main:hover { background: var(--accent-strong); color: var(--on-accent); }
a:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.address {
  display: block; padding: 0.6rem 0.75rem; background: var(--sunken); border: 1px solid var(--line); border-radius: 8px;
  color: var(--text); font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: 0.875rem; overflow-wrap: anywhere; text-decoration: none;
}
.address:hover { border-color: var(--line-strong); }
.note {
  padding: 0.6rem 0.75rem; background: var(--note); border: 1px solid var(--note-line); border-radius: 8px;
}
section > .note { color: var(--text); }
.state strong { font-size: 1.0625rem; }
.is-fine strong { color: var(--good); }
.is-away strong { color: var(--danger); }
ul { list-style: none; padding: 0; margin-top: 0.5rem; }
li { display: flex; align-items: center; gap: 0.5rem; padding: 0.2rem 0; color: var(--soft); }
li::before { content: ""; width: 0.6rem; height: 0.6rem; border-radius: 50%; background: var(--good); flex: none; }
li.is-away::before { background: var(--danger); border-radius: 2px; }
li span { color: var(--text); font-weight: 600; }
@media (max-width: 30rem) {
  main { padding-top: 1.5rem; }
  .button { flex: 1 1 100%; }
}
`;
