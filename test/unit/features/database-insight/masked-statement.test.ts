/** Statements for operators: no value that is written in one gets out. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { maskedStatement } from '../../../../src/features/database-insight/masked-statement.ts';

test('values become question marks, parameters and names stay', () => {
  assert.equal(
    maskedStatement(
      "SELECT a1, 'can''ary' FROM t2\n WHERE x = $1 AND y > 12.5 /* canary */ -- canary",
    ),
    'SELECT a1, ? FROM t2 WHERE x = $1 AND y > ?',
  );
  assert.equal(
    maskedStatement("select $tag$canary$tag$, $$canary$$, E'can\\'ary'"),
    'select ?, ?, ?',
  );
});

test('of what is neither read nor write only the first word is told', () => {
  assert.equal(maskedStatement("ALTER ROLE x PASSWORD 'canary'"), 'alter');
  assert.equal(maskedStatement('-- canary\n  COMMIT'), 'commit');
  assert.equal(maskedStatement(''), '');
});

test('no string of any statement is told, cut ones neither, and nothing is long', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z]{3,10}$/), fc.string(), (secret, around) => {
      const text = around.replaceAll(/['"$\\]|\/\*|--/g, ' ');
      for (const statement of [`select '${secret}' ${text}`, `select ${text} '${secret}`]) {
        const masked = maskedStatement(statement);
        assert.ok(masked.length <= 500);
        assert.ok(!masked.includes(secret) || text.includes(secret), masked);
      }
    }),
  );
});
