import { asHubError, type Log } from '@app/hub';
import { type ConfigurationRequest } from './handle';

type Asked = Pick<ConfigurationRequest, 'incoming' | 'holder'>;

/**
 * Does what a platform asks of its registration, and tells the operator in the log what became of it: handshakes are in
 * no message log, and who invites a platform waits for them.
 *
 * @param what is told of a success, such as `platform registered`
 * @throws whatever the work throws
 */
export async function told<T>(
  log: Log,
  { incoming, holder }: Asked,
  what: string,
  work: () => Promise<T>,
): Promise<T> {
  const fields = { platformId: holder.platform.id, correlationId: incoming.ids.correlationId };
  try {
    const done = await work();
    log.info(fields, what);
    return done;
  } catch (error) {
    const { code, message: reason } = asHubError(error);
    if (code !== 'internal')
      log.warn({ ...fields, code, reason }, 'a handshake of this platform was refused');
    throw error;
  }
}
