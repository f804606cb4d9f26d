/** Pool task `lines.stage`: lines of an import file as rows for COPY. */
import { stageLines } from '../../src/lib/import-line/stage-lines.ts';
import type { TaskHandler } from '../contract.ts';

export const stageLinesTask: TaskHandler<'lines.stage'> = ({
  bytes,
  firstLine,
  format,
  header,
  known,
}) => stageLines(bytes, firstLine, format, header, known);
