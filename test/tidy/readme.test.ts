import { settingsMarkdown } from '@app/settings';
import { deadLinks, settingsTable, unknownNames, unknownScripts } from './readme-rules';
import { readTree, type SourceFile } from './source-tree';

const tree = readTree();
const readme = tree.find((file) => file.path === 'README.md') ?? { path: 'README.md', text: '' };
const manifest = tree.find((file) => file.path === 'package.json') ?? { path: 'package.json', text: '{}' };
const scripts = Object.keys((JSON.parse(manifest.text) as { scripts?: object }).scripts ?? {});
const documents = tree.filter(({ path }) => path.endsWith('.md'));

describe('README.md', () => {
  it('lists the settings as the hub reads them', () => {
    expect(settingsTable(readme.text)).toBe(settingsMarkdown());
  });

  it('links to what exists, as every other document does', () => {
    expect(documents.flatMap((document) => deadLinks(document, tree))).toEqual([]);
  });

  it('names scripts that exist, as every other document does', () => {
    expect(documents.flatMap((document) => unknownScripts(document, scripts))).toEqual([]);
  });
});

it('names metrics and codes that exist, as every other document does', () => {
  expect(documents.flatMap((document) => unknownNames(document, tree))).toEqual([]);
});

describe('a document', () => {
  const files: SourceFile[] = [
    { path: 'libs/hub/src/a.ts', text: '' },
    { path: 'README.md', text: '' },
  ];
  const document = (text: string): SourceFile => ({ path: 'README.md', text });

  it('that links to nothing is found', () => {
    const text = '[a](libs/hub/src/b.ts) [b](#no-such-heading) [c](libs/hub/src/a.ts) [d](libs/hub)';
    expect(deadLinks(document(`## The way\n${text} [e](#the-way) [f](https://example.com)`), files)).toEqual([
      'README.md:1 links to libs/hub/src/b.ts, which is not there',
      'README.md:1 links to #no-such-heading, which is not there',
    ]);
  });

  it('that names an unknown script is found', () => {
    expect(
      unknownScripts(document('`npm run demo`, `npm start`, `npm test`, npm ci'), ['demo', 'start']),
    ).toEqual(['README.md:1 names the script test, which is not there']);
  });

  it('that names an unknown metric is found', () => {
    const code = [{ path: 'apps/router/src/a.ts', text: "name: 'hub_messages_total'" }];
    expect(unknownNames(document('`hub_messages_total`, `hub_messages`, hub_x'), code)).toEqual([
      'README.md:1 names hub_messages, which is not there',
    ]);
  });

  it('whose table is not between its marks has none', () => {
    expect(settingsTable('<!-- settings:begin -->\n| a |\n<!-- settings:end -->')).toBe('| a |');
    expect(settingsTable('| a |')).toBeUndefined();
  });
});
