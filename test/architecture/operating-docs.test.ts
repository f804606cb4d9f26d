/** docs/operating.md lists every environment variable, from the table that the program reads. */
import { test } from 'node:test';
import { assertGoldenBlock } from '../support/golden.ts';
import { aliasTable, postgresParameterTable, variableTable } from '../support/variable-table.ts';

test('docs/operating.md lists every variable with default, unit and effect', async () => {
  await assertGoldenBlock('docs/operating.md', 'variables', variableTable());
});

test('docs/operating.md lists the names that operators of other servers know', async () => {
  await assertGoldenBlock('docs/operating.md', 'aliases', aliasTable());
});

test('docs/operating.md lists the parameters of a PostgreSQL URI', async () => {
  await assertGoldenBlock('docs/operating.md', 'postgres-parameters', postgresParameterTable());
});
