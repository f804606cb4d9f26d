/** Forms that are sent to fakes, with or without a file. */

export interface MultipartForm {
  readonly fields: URLSearchParams;
  readonly file: { readonly field: string; readonly name: string; readonly content: string } | null;
}

const PART = /^\r\n[^]*?name="([^"]*)"(?:; filename="([^"]*)")?[^]*?\r\n\r\n([^]*)\r\n$/;

/** @param contentType of the request; a form of any other type has no file */
export function readMultipart(body: string, contentType = ''): MultipartForm {
  const boundary = /^multipart\/form-data; *boundary=(\S+)$/.exec(contentType)?.[1];
  if (boundary === undefined) return { fields: new URLSearchParams(body), file: null };
  const fields = new URLSearchParams();
  let file: MultipartForm['file'] = null;
  for (const part of body.split(`--${boundary}`)) {
    const [, field = '', name, content = ''] = PART.exec(part) ?? [];
    if (field === '') continue;
    if (name === undefined) fields.append(field, content);
    else file = { field, name, content };
  }
  return { fields, file };
}
