import { HubError, type Log } from '@app/hub';
import { told } from './told';

type Asked = Parameters<typeof told>[1];

const asked = { incoming: { ids: { correlationId: 'c-1' } }, holder: { platform: { id: 'p-1' } } } as Asked;
const FIELDS = { platformId: 'p-1', correlationId: 'c-1' };

function recorder() {
  const lines: unknown[] = [];
  const level =
    (name: string) =>
    (...line: unknown[]): void =>
      void lines.push([name, ...line]);
  const log = { info: level('info'), warn: level('warn'), error: level('error') } as unknown as Log;
  return { log, lines };
}

describe('the operator reads in the log', () => {
  it('that a platform registered', async () => {
    const { log, lines } = recorder();
    expect(await told(log, asked, 'platform registered', async () => 'done')).toBe('done');
    expect(lines).toEqual([['info', FIELDS, 'platform registered']]);
  });

  it('why a platform could not register', async () => {
    const { log, lines } = recorder();
    const refusal = new HubError('peer_unusable', 'GET http://cpo.example/versions: HTTP 404');
    await expect(told(log, asked, 'platform registered', () => Promise.reject(refusal))).rejects.toBe(
      refusal,
    );
    const fields = { ...FIELDS, code: 'peer_unusable', reason: refusal.message };
    expect(lines).toEqual([['warn', fields, 'a handshake of this platform was refused']]);
  });
});
