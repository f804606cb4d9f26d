/** Files that only align others to pieces: nobody wants to see them. */

/** BitComet's, from before BEP 47 had an attribute for it; libtorrent's lies in a folder. */
const PADDING_PATH = /(?:^|\/)\.pad\/|_____padding_file_/;

export function isPaddingPath(path: string): boolean {
  return PADDING_PATH.test(path);
}
