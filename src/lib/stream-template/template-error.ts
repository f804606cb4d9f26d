/** What is wrong with a template, and where. */

export class TemplateError extends Error {
  override readonly name = 'TemplateError';

  /** @param at position in the template, in characters from 0 */
  constructor(message: string, at: number, template: string) {
    const line = template.slice(0, at).split('\n').length;
    super(`line ${line}: ${message}`);
  }
}
