import { MODULES } from '@app/ocpi';
import { rows } from '@app/settings';
import { moduleBranches, type SettingName, unreadSettings } from './fact-rules';
import { readTree, type SourceFile } from './source-tree';

const tree = readTree();
const modules = MODULES.map((row) => row.module);
const settings = Object.entries(rows).map(([key, row]): SettingName => ({ key, variable: row.env }));
const file = (text: string, path = 'libs/hub/src/a.ts'): SourceFile => ({ path, text });

describe('what a module can do', () => {
  it('is a column of the module table, and nobody else branches on its name', () => {
    expect(moduleBranches(tree, modules)).toEqual([]);
  });

  it.each(["if (module === 'cdrs') a();", "'tokens' != row.module;", "switch (m) { case 'commands': a(); }"])(
    'is seen to be a branch in: %s',
    (text) => {
      expect(moduleBranches([file(text)], modules)).toHaveLength(1);
      expect(moduleBranches([file(text, 'libs/ocpi/src/a.ts')], modules)).toEqual([]);
    },
  );

  it('may be told by a name that is no comparison', () => {
    expect(moduleBranches([file("moduleRow('cdrs'); status === 'CONNECTED';")], modules)).toEqual([]);
  });
});

describe('a setting', () => {
  it('is read by something that is shipped', () => {
    expect(unreadSettings(settings, tree)).toEqual([]);
  });

  it('is unread when only its own library, a test or a comment names it', () => {
    const setting = { key: 'forwardTimeoutMs', variable: 'FORWARD_TIMEOUT_MS' };
    const files = [
      file('rows.forwardTimeoutMs;', 'libs/settings/src/a.ts'),
      file('settings.forwardTimeoutMs;', 'libs/hub/src/a.test.ts'),
      file('// settings.forwardTimeoutMs'),
    ];
    expect(unreadSettings([setting], files)).toEqual(['libs/settings:1 nothing reads FORWARD_TIMEOUT_MS']);
  });

  it.each([
    'settings.forwardTimeoutMs;',
    'const { forwardTimeoutMs: ms } = settings;',
    'env.FORWARD_TIMEOUT_MS;',
  ])('is read by: %s', (text) => {
    const setting = { key: 'forwardTimeoutMs', variable: 'FORWARD_TIMEOUT_MS' };
    expect(unreadSettings([setting], [file(text)])).toEqual([]);
  });
});
