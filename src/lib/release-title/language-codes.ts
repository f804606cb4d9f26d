/** ISO 639-1 codes of the languages of `lib/vocabulary.ts`. Those that have no code of their own are left out. */
import type { Language } from '../vocabulary.ts';

const LANGUAGES_BY_CODE: ReadonlyMap<string, Language> = new Map([
  ['en', 'English'], ['ta', 'Tamil'], ['hi', 'Hindi'], ['ml', 'Malayalam'], ['kn', 'Kannada'], ['te', 'Telugu'],
  ['zh', 'Chinese'], ['ru', 'Russian'], ['ar', 'Arabic'], ['ja', 'Japanese'], ['ko', 'Korean'], ['fr', 'French'],
  ['es', 'Spanish'], ['pt', 'Portuguese'], ['it', 'Italian'], ['de', 'German'], ['uk', 'Ukrainian'],
  ['pl', 'Polish'], ['cs', 'Czech'], ['th', 'Thai'], ['id', 'Indonesian'], ['vi', 'Vietnamese'], ['nl', 'Dutch'],
  ['bn', 'Bengali'], ['tr', 'Turkish'], ['el', 'Greek'], ['sv', 'Swedish'], ['ro', 'Romanian'],
  ['hu', 'Hungarian'], ['fi', 'Finnish'], ['no', 'Norwegian'], ['nb', 'Norwegian'], ['nn', 'Norwegian'],
  ['da', 'Danish'], ['he', 'Hebrew'], ['lt', 'Lithuanian'], ['pa', 'Punjabi'], ['mr', 'Marathi'],
  ['gu', 'Gujarati'], ['ne', 'Nepali'], ['ur', 'Urdu'], ['tl', 'Tagalog'], ['ms', 'Malay'], ['mn', 'Mongolian'],
  ['hy', 'Armenian'], ['ka', 'Georgian'],
]);

/** The name of a language, or undefined for codes that the vocabulary does not know (`xx`: no speech). */
export function languageOfCode(code: string): Language | undefined {
  return LANGUAGES_BY_CODE.get(code.toLowerCase());
}
