/** Sends the calls of the table. */
import { type CallAnswer, sendCall } from '@app/testkit';
import { type Operation } from './document';
import { type Sent } from './row';
import { type World } from './world';

/** Calls an operation with a key; its own headers win. */
export function ask(
  world: World,
  operation: Operation,
  sent: Sent,
  key?: string | null,
): Promise<CallAnswer> {
  const { method } = operation;
  const bearer = key === undefined ? world.hub.settings.adminApiKey : key;
  const headers = { ...(bearer !== null && { Authorization: `Bearer ${bearer}` }), ...sent.headers };
  const query = sent.query === undefined ? '' : `?${sent.query}`;
  const url = `${world.hub.adminUrl}${pathOf(operation, sent)}${query}`;
  return sendCall({ method, url, token: null, body: sent.body, headers });
}

function pathOf({ path }: Operation, sent: Sent): string {
  return path.replace(/\{([^}]+)\}/g, (_braces, name: string) => {
    const value = sent.path?.[name];
    if (value === undefined) throw new Error(`${path} needs ${name}`);
    return value;
  });
}

/** What an answer says: its status, or of a refusal its code and the fields that it names. */
export function said(answer: CallAnswer): unknown {
  if (answer.httpStatus < 400) return answer.httpStatus;
  const { code, details } = answer.json<{ code: string; details?: { field: string }[] }>();
  return { code, fields: details?.map(({ field }) => field) };
}
