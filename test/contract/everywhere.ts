/** What is refused in the same way by every operation that takes it. */
import { type Operation } from './document';
import { type Bad, NOBODY, type Prepared } from './row';

/** More than the 1 MiB that a body may have. */
const TOO_LARGE = JSON.stringify({ name: 'x'.repeat(1024 * 1024) });

type Wrong = Readonly<Record<string, Bad>>;

/** Bad calls made of a good one. */
export function badEverywhere(operation: Operation, good: Prepared): Wrong {
  const names = operation.parameters.map(({ name }) => name);
  return {
    'with a query parameter that it does not have': {
      sent: async (world) => ({ ...(await good(world)), query: 'colour=red' }),
      ...{ code: 'invalid_input', fields: ['colour'] },
    },
    ...(operation.path.includes('{id}') && wrongId(good)),
    ...(names.includes('cursor') && wrongPage(good)),
    ...(operation.requestBody ? wrongBody(good) : uncalledBody(operation, good)),
    ...(names.includes('Idempotency-Key') && wrongHeader(good, 'Idempotency-Key', 'two words')),
    ...(names.includes('If-Match') && {
      ...wrongHeader(good, 'If-Match', 'no-quotes'),
      'with an If-Match of another state': withHeader(good, ['If-Match', '"another"'], 'stale'),
    }),
  };
}

function wrongId(good: Prepared): Wrong {
  const withId = (id: string, code: string): Bad => ({
    sent: async (world) => ({ ...(await good(world)), path: { id } }),
    ...{ code, fields: ['id'] },
  });
  return {
    'with an id that is none': withId('7', 'invalid_input'),
    'with an id that nothing has': withId(NOBODY, 'not_found'),
  };
}

function wrongPage(good: Prepared): Wrong {
  const asking = (query: string, field: string): Bad => ({
    sent: async (world) => ({ ...(await good(world)), query }),
    ...{ code: 'invalid_input', fields: [field] },
  });
  return {
    'with a cursor that it never gave out': asking('cursor=bm9uZQ', 'cursor'),
    'with a cursor that is no text': asking('cursor=%00', 'cursor'),
    'with a limit of 501': asking('limit=501', 'limit'),
  };
}

function wrongBody(good: Prepared): Wrong {
  const sending = (body: unknown, more: Omit<Bad, 'sent'>, type = 'application/json'): Bad => ({
    sent: async (world) => ({ ...(await good(world)), body, headers: { 'Content-Type': type } }),
    ...more,
  });
  return {
    'with a body that is cut': sending('{"name":', { code: 'malformed_json' }),
    'with a body that is neither object nor list': sending('7', { code: 'invalid_input', fields: ['body'] }),
    'with a body of another type': sending('<a/>', { code: 'unsupported_media_type' }, 'text/xml'),
    'with a body that is too large': sending(TOO_LARGE, { code: 'body_too_large' }),
    'with a field that it does not have': {
      sent: async (world) => {
        const sent = await good(world);
        const isList = Array.isArray(sent.body);
        const [first, ...rest] = isList ? (sent.body as object[]) : [sent.body as object];
        const wrong = { ...first, colour: 'red' };
        return { ...sent, body: isList ? [wrong, ...rest] : wrong };
      },
      code: 'invalid_input',
    },
  };
}

function uncalledBody({ method }: Operation, good: Prepared): Wrong {
  if (method === 'GET') return {};
  const sent: Prepared = async (world) => ({ ...(await good(world)), body: { colour: 'red' } });
  return { 'with a body that it has no use for': { sent, code: 'invalid_input', fields: ['colour'] } };
}

function wrongHeader(good: Prepared, name: string, value: string): Wrong {
  return { [`with a malformed ${name}`]: withHeader(good, [name, value], 'invalid_input') };
}

function withHeader(good: Prepared, [name, value]: readonly [string, string], code: string): Bad {
  return {
    sent: async (world) => ({ ...(await good(world)), headers: { [name]: value } }),
    ...{ code, fields: [name] },
  };
}
