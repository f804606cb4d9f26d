/** Checks that run inside of a page, as the text of an expression: the tests themselves know no DOM. */

/** Controls that a screen reader has no name for. */
export const NAMELESS_CONTROLS = `
[...document.querySelectorAll('button, input, select, textarea, a[href]')].filter((element) => {
  const labels = element.labels?.length ?? 0;
  const text = element.textContent.trim();
  return labels === 0 && text === '' && !element.hasAttribute('aria-label') && !element.hasAttribute('aria-labelledby');
}).map((element) => element.outerHTML.slice(0, 120))`;

/** Texts whose contrast with the nearest opaque background is below 4.5 to 1, or 3 to 1 for large ones (WCAG 1.4.3). */
export const POOR_CONTRASTS = `
(() => {
  const channels = (color) => (color.match(/[\\d.]+/g) ?? []).map(Number);
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((value) => value / 255).map((share) => share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const background = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const color = channels(getComputedStyle(at).backgroundColor);
      if (color.length === 3 || (color[3] ?? 0) > 0.99) return color.slice(0, 3);
    }
    return [255, 255, 255];
  };
  return [...document.querySelectorAll('p, h1, h2, h3, label, button, a, span, legend, summary, li')].flatMap((element) => {
    const style = getComputedStyle(element);
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== '');
    const isShown = element.getClientRects().length > 0 && style.visibility === 'visible' && style.opacity === '1';
    if (!own || !isShown || element.closest('[disabled], [aria-disabled="true"]') !== null || !style.color.startsWith('rgb')) return [];
    const [light, dark] = [luminance(channels(style.color).slice(0, 3)), luminance(background(element))].sort((a, b) => b - a);
    const ratio = (light + 0.05) / (dark + 0.05);
    const size = Number.parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.6 && Number(style.fontWeight) >= 700);
    return ratio < (isLarge ? 3 : 4.5) ? [ratio.toFixed(2) + ' ' + style.color + ' ' + element.textContent.trim().slice(0, 40)] : [];
  });
})()`;
