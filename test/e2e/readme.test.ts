/** The README's lines for a first platform, pasted into a shell beside a hub that was started as it says. */
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../support/ports';
import { startProcess, type TestProcess } from '../support/processes';

const BLOCK = /<!-- first-platform:begin -->\s*```sh\n([\s\S]*?)```\s*<!-- first-platform:end -->/;

let folder: string;
let hub: TestProcess;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hub-readme-'));
  chmodSync(folder, 0o755);
});
afterEach(async () => {
  await hub.kill();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs lines as `bash` does when they are pasted and gives what they print. */
function paste(lines: string): Promise<string> {
  const shell = spawn('bash', [], { cwd: folder, stdio: ['pipe', 'pipe', 'inherit'] });
  let output = '';
  shell.stdout.on('data', (text: Buffer) => (output += text.toString()));
  shell.stdin.end(lines);
  return new Promise((resolve) => shell.once('close', () => resolve(output)));
}

it('connect it: token A, handshake, token C, an answer of the hub, and the operator sees it all', async () => {
  const ports = { 3000: await freePort(), 3001: await freePort(), 4000: await freePort() };
  hub = await startProcess('hub', {
    ...{
      ADMIN_API_KEY: '',
      ENCRYPTION_KEY: '',
      DATA_DIR: join(folder, '.data'),
      ALLOW_PRIVATE_NETWORKS: 'true',
    },
    ...{ OCPI_PORT: String(ports[3000]), ADMIN_PORT: String(ports[3001]) },
  });
  const readme = readFileSync(join(__dirname, '..', '..', 'README.md'), 'utf8');
  const block = BLOCK.exec(readme)![1]!;
  const lines = block.replace(/\b(3000|3001|4000)\b/g, (port) =>
    String(ports[Number(port) as keyof typeof ports]),
  );
  const answers = (await paste(lines))
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, never>);

  const [created, versions, details, credentials, parties, refused, listed, logged] = answers;
  expect(answers).toHaveLength(8);
  expect(created).toMatchObject({ name: 'Volt Charging', status: 'PLANNED', token_a: expect.any(String) });
  for (const answer of [versions, details, credentials, parties])
    expect(answer).toMatchObject({ status_code: 1000 });
  expect(refused).toMatchObject({ status_code: 4001 });
  expect(listed).toMatchObject({
    data: [{ country_code: 'NL', party_id: 'VLT', role: 'CPO', status: 'CONNECTED' }],
  });
  expect(logged).toMatchObject({ data: [expect.any(Object)] });
  expect(readdirSync(folder)).toEqual(['.data']);
}, 60_000);
