/** Values of template variables, and how they read as text, number and condition. */

export type TemplateValue = string | number | boolean | readonly string[] | null;

/** Booleans and nothing read as nothing; lists with commas. */
export function textOf(value: TemplateValue): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  return isList(value) ? value.join(', ') : '';
}

/** 0 for what is no number. */
export function numberOf(value: TemplateValue): number {
  if (typeof value === 'number') return value;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : 0;
  return Number.isNaN(number) ? 0 : number;
}

/** Nothing, false, 0, the empty text and the empty list are false. */
export function isTrue(value: TemplateValue): boolean {
  return isList(value)
    ? value.length > 0
    : value !== null && value !== false && value !== 0 && value !== '';
}

export function isList(value: TemplateValue): value is readonly string[] {
  return Array.isArray(value);
}
