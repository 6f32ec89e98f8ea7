/** Members that a party's version requires and the other party's version does not have. */
import {
  addedMembers,
  type PartyId,
  requiredMembers,
  type RequiredMembers,
  single,
  withMembers,
  withMembersInData,
} from '@app/ocpi';
import { decodedBody } from './content';
import { type Answer, noted, type Permitted, type Receiver } from './exchange';

const CONTENT_ENCODING = 'content-encoding';
/** A longer answer goes back as it is: to look through a MiB of objects takes up to 15 ms of a router's time. */
const MAX_ANSWER_BYTES = 1024 * 1024;

/** A push as its receiver's version requires it. The eMSP of a `cdr_token` is the receiver. An encoded body goes plain. */
export function completedPush(message: Permitted, { platform, party }: Receiver): Permitted {
  const { body, target, headers, operation, caller } = message;
  if (body === null || !operation?.owner?.body) return message;
  const row = requiredMembers(platform.record.version, target.module);
  const plain = row && decodedBody(body, single(headers[CONTENT_ENCODING]), caller.id);
  const completed = plain && withMembers(plain, row, party);
  if (!completed) return message;
  noted(message, addedMembers(row));
  return { ...message, body: completed, headers: { ...headers, [CONTENT_ENCODING]: undefined } };
}

/** A list that an eMSP asked a CPO for, as the version of the eMSP requires it: its CDRs and sessions are the asking one's. */
export function completedList(message: Permitted, { platform }: Receiver, answer: Answer): Answer {
  const { method, target, caller, from } = message;
  if (method !== 'GET' || target.interfaceRole !== 'SENDER') return answer;
  const row = requiredMembers(caller.record.version, target.module);
  // Between equal versions the objects are whole; and to look into each would cost as much as the message itself.
  if (!row || platform.record.version === row.version) return answer;
  return answerWith(answer, row, from, message) ?? answer;
}

function answerWith(
  answer: Answer,
  row: RequiredMembers,
  party: PartyId,
  message: Permitted,
): Answer | undefined {
  const { body, headers } = answer;
  const plain = decodedBody(
    body,
    headers[CONTENT_ENCODING],
    message.receiver?.platform.id ?? null,
    MAX_ANSWER_BYTES,
  );
  if (!plain || plain.length > MAX_ANSWER_BYTES) {
    noted(message, `${row.object} not looked at: the answer is longer than ${MAX_ANSWER_BYTES} bytes`);
    return undefined;
  }
  const completed = withMembersInData(plain, row, party);
  if (!completed) return undefined;
  noted(message, addedMembers(row));
  const others = Object.entries(headers).filter(([name]) => name !== CONTENT_ENCODING);
  return { ...answer, body: completed, headers: Object.fromEntries(others) };
}
