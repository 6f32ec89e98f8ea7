import { readTree } from './source-tree';
import { forbiddenText } from './text-rules';

const dot = (...parts: string[]): string => parts.join('.');
const glue = (...parts: string[]): string => parts.join('');

describe('words', () => {
  it('that hide unfinished work, silence a checker or switch off a test are in no file', () => {
    expect(forbiddenText(readTree())).toEqual([]);
  });

  it.each([
    ['an unfinished place', glue('// TO', 'DO: later')],
    ['an unfinished place', glue('/* FIX', 'ME */')],
    ['an unfinished place', glue('// X', 'XX what')],
    ['an unfinished place', glue('# HA', 'CK')],
    ['a silenced checker', glue('// eslint', '-disable-next-line')],
    ['a silenced checker', glue('// @ts', '-ignore')],
    ['a silenced checker', glue('// @ts', '-nocheck')],
    ['a skipped test', `${dot('it', 'skip')}('x')`],
    ['a skipped test', `${dot('describe', 'skip', 'each')}([1])`],
    ['a skipped test', `${dot('test', 'todo')}('x')`],
    ['a skipped test', `${glue('x', 'it')}('x')`],
    ['a skipped test', `${glue('x', 'describe')}('x')`],
    ['a focused test', `${dot('describe', 'only')}('x')`],
    ['a focused test', `${dot('it', 'only', 'each')}([])('x')`],
    ['a focused test', `${glue('f', 'it')}('x')`],
    ['a test that cannot fail', `${glue('expect', '(true)')}.toBe(true)`],
    ['a path of one machine', `cd ${glue('/', 'home/me')}`],
  ])('are found: %s in "%s"', (what, text) => {
    expect(forbiddenText([{ path: 'a.ts', text: `ok\n${text}` }])).toEqual([`a.ts:2 ${what}`]);
  });

  it.each([
    'exit(1)',
    'unit.profit(2)',
    'a.fit(x)',
    `found ? describe : ${dot('describe', 'skip')}`,
    'https://x/home/a',
  ])('that only look alike are not: %s', (text) => {
    expect(forbiddenText([{ path: 'a.ts', text }])).toEqual([]);
  });
});
