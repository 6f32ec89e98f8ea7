import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockFolder } from './folder-lock';
import { keptSecrets, SECRETS_FILE } from './secrets';

let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'secrets-'));
});

afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

describe('generated secrets', () => {
  it('are made once, kept, and readable by their owner alone', () => {
    const made = keptSecrets(dataDir);
    expect(Buffer.from(made.encryptionKey, 'base64')).toHaveLength(32);
    expect(made.adminApiKey.length).toBeGreaterThanOrEqual(32);
    expect(keptSecrets(dataDir)).toEqual(made);
    expect(statSync(join(dataDir, SECRETS_FILE)).mode & 0o777).toBe(0o600);
  });

  it('are never replaced when the file is there and damaged', () => {
    writeFileSync(join(dataDir, SECRETS_FILE), '{"adminApiKey":');
    expect(() => keptSecrets(dataDir)).toThrow(/cannot be read/);
    writeFileSync(join(dataDir, SECRETS_FILE), '{"adminApiKey":"abc"}');
    expect(() => keptSecrets(dataDir)).toThrow(/has no encryptionKey/);
  });
});

describe('the lock of a data folder', () => {
  it('is held by one hub at a time and free again when that one lets go', async () => {
    const release = await lockFolder(dataDir);
    await expect(lockFolder(dataDir)).rejects.toThrow(/another hub runs/);
    await release();
    await (
      await lockFolder(dataDir)
    )();
  });
});
