/** Nothing that stands in a result file may become markup. */

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** For HTML and SVG, in text and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** For a line or a table cell of GitHub's Markdown. */
export function escapeMarkdown(text: string): string {
  const safe = text.replaceAll(/[&<>]/g, (character) => ENTITIES[character] ?? character);
  return safe
    .replaceAll(/[\\`*_[\]|~$#]/g, String.raw`\$&`)
    .replaceAll('://', ':&#47;&#47;')
    .replaceAll('@', '&#64;');
}
