import { longFiles, longFunctions, longParameterLists } from './size-rules';
import { readTree, type SourceFile } from './source-tree';

const tree = readTree();
const file = (text: string): SourceFile => ({ path: 'libs/hub/src/a.ts', text });
const lines = (count: number): string => 'x();\n'.repeat(count);

describe('a file', () => {
  it('has at most 300 lines', () => {
    expect(longFiles(tree)).toEqual([]);
  });

  it('of 301 lines is found, of 300 is not', () => {
    expect(longFiles([file(lines(301))])).toEqual(['libs/hub/src/a.ts:1 has 301 lines']);
    expect(longFiles([file(lines(300))])).toEqual([]);
  });
});

describe('a function', () => {
  it('has at most 60 lines', () => {
    expect(longFunctions(tree)).toEqual([]);
  });

  it.each([
    ['a function', `function f() {\n${lines(59)}}`],
    ['an arrow', `const f = () => {\n${lines(59)}};`],
    ['a method', `class C { m() {\n${lines(59)}} }`],
    ['a test', `it('x', () => {\n${lines(59)}});`],
  ])('of 61 lines is found as %s', (_kind, text) => {
    expect(longFunctions([file(text)])).toEqual([expect.stringContaining('a function of 61 lines')]);
    expect(longFunctions([file(text.replace('x();\n', ''))])).toEqual([]);
  });

  it('that lists tests is as long as what is not inside them', () => {
    const suite = `function behaviour() { describe('y', () => {\n${`it('x', () => {\n${lines(50)}});\n`.repeat(3)}}); }`;
    expect(longFunctions([file(suite)])).toEqual([]);
    expect(longFunctions([file(`function f() {\n${lines(60)}it('x', () => {});\n}`)])).toHaveLength(1);
  });

  it('has at most four parameters', () => {
    expect(longParameterLists(tree)).toEqual([]);
  });

  it('of five parameters is found, unless it is a constructor that only keeps them', () => {
    expect(longParameterLists([file('function f(a, b, c, d, e) {}')])).toEqual([
      'libs/hub/src/a.ts:1 5 parameters',
    ]);
    expect(longParameterLists([file('class C { constructor(a, b, c, d, e) {} }')])).toHaveLength(1);
    const kept = ['a', 'b', 'c', 'd', 'e'].map((name) => `private readonly ${name}: X`).join(', ');
    expect(longParameterLists([file(`class C { constructor(${kept}) {} }`)])).toEqual([]);
  });
});
