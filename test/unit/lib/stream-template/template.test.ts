/** Protects the template language: what it says, what it refuses, and that nothing in it grows without bound. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { VALUE_CHARS_MAX } from '../../../../src/lib/stream-template/modifiers.ts';
import {
  compileTemplate,
  TEMPLATE_LIMITS,
  type VariableTable,
} from '../../../../src/lib/stream-template/template.ts';
import { TemplateError } from '../../../../src/lib/stream-template/template-error.ts';
import type { TemplateValue } from '../../../../src/lib/stream-template/value.ts';
import { cpuClock } from '../../../support/cpu-time.ts';

type Row = Readonly<Record<string, TemplateValue>>;

const PATHS = [
  'a.text',
  'a.number',
  'a.zero',
  'a.list',
  'a.none',
  'a.yes',
  'a.no',
  'a.other',
  'a.bytes',
];
const VARIABLES: VariableTable<Row> = new Map(
  PATHS.map((path) => [path, (row: Row) => row[path] ?? null]),
);
const ROW: Row = {
  'a.text': 'Big Buck Bunny',
  'a.number': 42,
  'a.zero': 0,
  'a.list': ['English', 'Hindi'],
  'a.yes': true,
  'a.no': false,
  'a.other': 'big buck bunny',
  'a.bytes': 4_500_000_000,
};

function render(template: string, row: Row = ROW): string {
  return compileTemplate(template, VARIABLES)(row);
}

const CASES: readonly (readonly [template: string, text: string])[] = [
  ['{a.text}', 'Big Buck Bunny'],
  ['x{a.none}y', 'xy'],
  ['{a.yes}|{a.no}', '|'],
  ['{a.number} {a.zero}', '42 0'],
  ['{a.list}', 'English, Hindi'],
  ['{unknown.path}{a._private}', ''],
  ['{{a.text}}', '{a.text}'],
  ['a } b', 'a } b'],
  ['{a.bytes|bytes}', '4.19 GB'],
  ['{a.number|bytes}', '42 B'],
  ['{a.number|time}', '00:42'],
  ['{a.bytes|time}', '1250000:00:00'],
  ['{a.text|upper}', 'BIG BUCK BUNNY'],
  ['{a.list|lower|join(" + ")}', 'english + hindi'],
  ['{a.other|title}', 'Big Buck Bunny'],
  ['{a.list|first}-{a.list|last}', 'English-Hindi'],
  ['{a.text|truncate(3)}', 'Big'],
  ["{a.text|replace(' ', '.')}", 'Big.Buck.Bunny'],
  ["{a.text|replace('Buck ')}", 'Big Bunny'],
  ['{a.text|e}', 'Big Buck Bunny'],
  ['{if a.text}yes{else}no{/if}', 'yes'],
  ['{if a.zero}yes{elif a.list}list{else}no{/if}', 'list'],
  ['{if a.none}x{/if}', ''],
  ['{if a.text = big buck bunny}=', ''],
  ['{if a.text = "big buck bunny"}same{/if}', 'same'],
  ['{if a.text = big buck bunny}same{/if}', 'same'],
  ['{if a.text = a.other}variable{/if}', 'variable'],
  ['{if a.text != x}other{/if}', 'other'],
  ['{if a.number > 41}more{/if}', 'more'],
  ['{if a.number <= 41}less{else}not less{/if}', 'not less'],
  ['{if a.text ~ buck}has{/if}', 'has'],
  ['{if a.list ~ hin}has{/if}', 'has'],
  ['{if a.text $ big}begins{/if}', 'begins'],
  ['{if a.text ^ bunny}ends{/if}', 'ends'],
  ['{if a.yes = true}true{/if}', 'true'],
  ['{if not a.none and (a.zero or a.text)}both{/if}', 'both'],
  ['{if a.none or a.zero and a.text}x{else}or binds loosest{/if}', 'or binds loosest'],
  ['{IF a.text}{IF a.none}1{ELSE}2{/IF}{/IF}', '2'],
  ['line 1\n\n  \n{a.none}\nline 2  ', 'line 1\nline 2'],
];

test('what templates say', () => {
  for (const [template, text] of CASES) {
    if (template.startsWith('{if') && !template.includes('{/if}'))
      assert.throws(() => render(template), TemplateError);
    else assert.equal(render(template), text, template);
  }
});

test('what is refused says where and what is accepted', () => {
  for (const [template, message] of [
    ['{a.text', /line 1: \{ without \}/],
    ['a\n{if a.text}', /line 2: \{if …\} without \{\/if\}/],
    ['{/if}', /without \{if/],
    ['{else}', /without \{if/],
    ['{if a}{else}{else}{/if}', /after \{else\}/],
    ['{if a}{else}{elif b}{/if}', /after \{else\}/],
    ['{a.text|explode}', /expected one of bytes/],
    ['{a.text|truncate}', /takes 1 arguments/],
    ['{a.text|join(a,b)}', /takes 0 to 1/],
    ['{if }x{/if}', /needs a variable/],
    ['{if a.text =}x{/if}', /nothing to compare/],
    ['{if (a.text}x{/if}', /parenthesis/],
    ['{if a.text b}x{/if}', /does not belong/],
    ['{a text}', /expected a variable/],
    ['{}', /expected a variable/],
    ["{a.text|replace('x', '" + 'y'.repeat(201) + "')}", /longer than 200/],
  ] as const) {
    assert.throws(
      () => compileTemplate(template, VARIABLES),
      { name: 'TemplateError', message },
      template,
    );
  }
});

test('limits: length, nesting, modifiers, parts, terms', () => {
  const nested = (levels: number) => `${'{if a.text}'.repeat(levels)}x${'{/if}'.repeat(levels)}`;
  assert.equal(render(nested(TEMPLATE_LIMITS.nestingMax)), 'x');
  for (const template of [
    'x'.repeat(TEMPLATE_LIMITS.charsMax + 1),
    nested(TEMPLATE_LIMITS.nestingMax + 1),
    `{a.text${'|upper'.repeat(11)}}`,
    '{a.text}'.repeat(600),
    `{if ${'a.text and '.repeat(60)}a.text}x{/if}`,
    `{if ${'('.repeat(20)}a.text${')'.repeat(20)}}x{/if}`,
    `{if ${'not '.repeat(30)}a.text}x{/if}`,
  ]) {
    assert.throws(() => compileTemplate(template, VARIABLES), TemplateError, template.slice(0, 40));
  }
});

test('output and time are bounded, whatever modifiers do', () => {
  const row: Row = { ...ROW, 'a.text': 'a'.repeat(5000) };
  const grow = `{a.text${"|replace('a','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa')".repeat(10)}}`;
  const template = compileTemplate(grow.repeat(12), VARIABLES);
  const usedMs = cpuClock();
  for (let row25 = 0; row25 < 25; row25++) assert.ok(template(row).length <= VALUE_CHARS_MAX);
  assert.ok(usedMs() < 1000, '25 rows of the worst template');
});

test('characters are never cut in halves', () => {
  const row: Row = { 'a.text': '🎬🍿'.repeat(600) };
  for (const template of ['{a.text|truncate(3)}', '{a.text|first}', '{a.text|last}', '{a.text}']) {
    assert.equal(render(template, row).isWellFormed(), true, template);
  }
  assert.equal(render('{a.text|truncate(3)}', row), '🎬🍿🎬');
});

test('property: any text is a template or is refused, and a template renders', () => {
  const pieces = fc.constantFrom(
    '{',
    '}',
    'if ',
    'elif ',
    'else',
    '/if',
    'a.text',
    'a.list',
    '|',
    'join(',
    ')',
    "'",
    '"',
    ' and ',
    ' = ',
    '\n',
    'x',
    '~',
    '(',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
      try {
        assert.equal(typeof render(parts.join('')), 'string');
      } catch (error) {
        assert.ok(error instanceof TemplateError, String(error));
      }
    }),
    { numRuns: 5000 },
  );
});
