/** Titles and searches meet as the same words, in any script and spelling, and never as syntax of a tsquery. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { plainText, searchQueries, titleLexemes } from '../../../src/lib/search-text.ts';

/** What PostgreSQL does with a tsquery of ours: `|` of `&` of lexemes, prefixes and groups. */
function matches(query: string, lexemes: readonly string[]): boolean {
  const tokens = query.match(/'[^']+'(?::\*)?|[()&|]/gu) ?? [];
  let at = 0;
  const operand = (): boolean => {
    const token = tokens[at++] ?? '';
    if (token !== '(') {
      const text = token.replace(/^'|'(:\*)?$/gu, '');
      return lexemes.some((lexeme) =>
        token.endsWith(':*') ? lexeme.startsWith(text) : lexeme === text,
      );
    }
    const isMatch = either();
    at++;
    return isMatch;
  };
  const both = (): boolean => {
    let isMatch = operand();
    while (tokens[at] === '&') {
      at++;
      isMatch = operand() && isMatch;
    }
    return isMatch;
  };
  const either = (): boolean => {
    let isMatch = both();
    while (tokens[at] === '|') {
      at++;
      isMatch = both() || isMatch;
    }
    return isMatch;
  };
  return either();
}

const finds = (search: string, title: string, year = 0) =>
  matches(searchQueries(search)?.words ?? "'?'", titleLexemes([title], year));
const isWhole = (search: string, title: string, year = 0) =>
  matches(searchQueries(search)?.whole ?? "'?'", titleLexemes([title], year));

test('case, accents, width and punctuation do not matter', () => {
  assert.equal(plainText('Amélie – “Le Film”'), 'amelie le film');
  assert.equal(plainText('ＦＵＬＬ　ｗｉｄｔｈ'), 'full width');
  assert.equal(plainText('İstanbul'), 'istanbul');
  assert.equal(plainText('Ёлки'), plainText('Елки'));
  assert.equal(plainText('ガンダム'), 'ガンダム', 'a voiced sign is no accent');
  assert.equal(plainText('!?'), '');
});

test('letters that Unicode does not decompose are found by those that people type for them', () => {
  const pairs = [
    ['Sønner av Norge', 'sonner av norge'],
    ['Miłość', 'milosc'],
    ['Đavo', 'davo'],
    ['Æon Flux', 'aeon flux'],
    ['Œuvre', 'oeuvre'],
    ['Straße', 'strasse'],
    ['STRAẞE', 'strasse'],
    ['Þór', 'thor'],
    ['Kapıcılar Kralı', 'kapicilar krali'],
    ['Guðmundur', 'gudmundur'],
    ['Ŋoka', 'noka'],
    ['Ħal', 'hal'],
    ['Nightſhift', 'nightshift'],
    ['ΟΔΟΣ', 'οδοσ'],
    ['ŉ Man', 'n man'],
    ['Ǆep', 'dzep'],
  ] as const;
  for (const [title, search] of pairs) {
    assert.ok(finds(search, title), `${search} finds ${title}`);
    assert.ok(isWhole(title, search), `${title} is ${search}`);
  }
});

test('umlauts are found plain and spelled out, and find both', () => {
  for (const search of [
    'Schöne Müller',
    'schone muller',
    'schoene mueller',
    'SCHOENE MÜLLER',
    'scho',
    'schoe',
    'mül',
  ]) {
    for (const title of ['Die schöne Müller', 'Die schoene Mueller']) {
      const isPlain = /^schone|^scho$/.test(search);
      assert.equal(
        finds(search, title),
        !isPlain || search === 'scho' || title.includes('ö'),
        `${search} → ${title}`,
      );
    }
  }
  assert.ok(isWhole('Møte på Åsen', 'Moete paa Aasen'));
  assert.ok(isWhole('Møte på Åsen', 'Mote pa Asen'));
  assert.ok(finds('gute maenner', 'Gute Ma\u0308nner'), 'written with a combining sign');
});

test('signs may be left out, written as a space, or put in', () => {
  const same = [
    ['Spider-Man', 'spiderman', 'spider man', 'Spider‑Man', 'SPIDER - MAN'],
    ["Ocean's Eleven", 'oceans eleven', 'Ocean’s eleven', 'Oceanʼs Eleven'],
    ['S.W.A.T.', 'swat', 's w a t', 'S.W.A.T'],
    ['WALL·E', 'walle', 'wall-e', 'wall e'],
    ['M*A*S*H', 'mash', 'm a s h'],
    ['Fast & Furious', 'fast and furious', 'fast＆furious'],
    ["L'Avventura", 'lavventura', "l'avventura"],
    ['Face/Off', 'faceoff', 'face off'],
    ['Hawaiʻi', 'hawaii', 'Hawai`i', 'hawai´i'],
    ['8½', '8 1/2', '8 ½'],
    ['X-Men: First Class', 'xmen first class', 'x men - first class'],
  ] as const;
  for (const names of same) {
    for (const title of names) {
      for (const search of names) {
        assert.ok(finds(search, title), `${search} finds ${title}`);
        assert.ok(isWhole(search, title), `${search} is ${title}`);
      }
    }
  }
  assert.ok(finds('fast furious', 'Fast & Furious') && finds('Fast & Furious', 'Fast Furious'));
  assert.ok(
    finds('hansel und gretel', 'Hänsel & Gretel') && finds('haensel & gretel', 'Hänsel und Gretel'),
  );
  assert.ok(
    finds('amazing spiderman', 'The Amazing Spider-Man') &&
      finds('amazing spider-man', 'The Amazing Spiderman'),
  );
  assert.ok(finds('avventura', "L'Avventura") && finds('spiderman no', 'Spider Man No Way Home'));
  assert.equal(finds('spider woman', 'Spider-Man'), false);
});

test('a year at the end is that of the title, or a word of its name', () => {
  for (const search of ['Nosferatu 1922', 'nosferatu (1922)', 'nosf [1922] ', 'Nosferatu(1922)']) {
    assert.ok(finds(search, 'Nosferatu', 1922), search);
    assert.equal(finds(search, 'Nosferatu', 1979), false, search);
  }
  assert.ok(isWhole('Nosferatu (1922)', 'Nosferatu', 1922));
  assert.equal(isWhole('Nosferatu (1922)', 'Nosferatu', 2024), false);
  for (const title of [
    '1984',
    '2001: A Space Odyssey',
    'Blade Runner 2049',
    'Wonder Woman 1984',
    '2012',
    '1917',
  ]) {
    assert.ok(finds(title, title, 1999) && isWhole(title, title, 1999), title);
    assert.ok(
      finds(`${title} (1999)`, title, 1999) && isWhole(`${title} 1999`, title, 1999),
      title,
    );
  }
  assert.equal(finds('1984', 'Ghostbusters', 1984), false, 'a year alone is a title');
  assert.equal(finds('(1984)', 'Ghostbusters', 1984), false);
});

test('a title is found by its words, by itself, and in scripts without spaces from any character on', () => {
  assert.deepEqual(titleLexemes(['Big Buck'], 2008), ['=bigbuck', '@2008', 'big', 'buck']);
  assert.deepEqual(titleLexemes(['千と千']), ['=千と千', 'と千', '千', '千と千']);
  assert.deepEqual(titleLexemes(["L'Avventura"]), ['=lavventura', 'avventura', 'l', 'lavventura']);
  assert.deepEqual(titleLexemes(['', '!!!']), []);
});

test('a search asks for starts of words and for the whole title', () => {
  assert.deepEqual(searchQueries('Big Bu'), {
    words: "('big':* & 'bu':* | 'bigbu':* | '=bigbu':*)",
    whole: "'=bigbu'",
  });
  assert.equal(searchQueries(' ! '), null);
});

test('whatever is given, lexemes and queries hold no syntax and are bounded', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 400 }),
      fc.integer({ min: 0, max: 2100 }),
      (text, year) => {
        const lexemes = titleLexemes([text], year);
        assert.ok(lexemes.length <= 256);
        for (const lexeme of lexemes) assert.match(lexeme, /^[=@]?[\p{L}\p{N}\p{M}]{1,120}$/u);
        const queries = searchQueries(text);
        if (queries === null) return;
        for (const query of [queries.words, queries.whole]) {
          assert.match(query, /^(\(*'[=@]?[\p{L}\p{N}\p{M}]+'(:\*)?\)*( [&|] (?=[('])|$))+$/u);
          assert.equal(query.split('(').length, query.split(')').length, query);
          assert.ok((query.match(/'/gu) ?? []).length <= 800, query);
          assert.equal(Buffer.from(query).toString(), query, 'no half characters');
        }
      },
    ),
  );
});

const SPELLED = fc.string({
  unit: fc.constantFrom(...Array.from("aeouäöüßøæåłþıŋÄÖÅØ .-'’&/(12)é")),
  minLength: 1,
  maxLength: 40,
});
const ANY_TITLE = fc.oneof(SPELLED, fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }));

test('a title is found by itself, whole, with its year, in capitals, and by the start of each of its words', () => {
  fc.assert(
    fc.property(ANY_TITLE, fc.integer({ min: 1870, max: 2099 }), (title, year) => {
      if (searchQueries(title) === null) return;
      assert.ok(finds(title, title, year) && isWhole(title, title, year), title);
      assert.ok(
        finds(`${title} (${year})`, title, year) && isWhole(`${title} ${year}`, title, year),
        title,
      );
      for (const word of plainText(title).split(' ')) {
        assert.ok(finds(word, title, year), `${word} finds ${title}`);
        assert.ok(finds(Array.from(word).slice(0, 3).join(''), title, year), word);
      }
    }),
  );
});

test('without its signs and accents, or in the other spelling, a title is found all the same', () => {
  fc.assert(
    fc.property(SPELLED, (title) => {
      if (searchQueries(title) === null) return;
      assert.ok(finds(plainText(title), title), plainText(title));
      const letters: Record<string, string> = { ä: 'ae', ö: 'oe', ü: 'ue', ø: 'oe', å: 'aa' };
      const spelledOut = title
        .toLowerCase()
        .replace(/[äöüøå]/gu, (letter) => letters[letter] ?? '');
      assert.ok(finds(spelledOut, title) && finds(title, spelledOut), spelledOut);
      const withoutSigns = title.replace(/[.\-'’/]/gu, '');
      if (searchQueries(withoutSigns) !== null)
        assert.ok(finds(withoutSigns, title) || /[&(]/.test(title), withoutSigns);
    }),
  );
});
