import { createHash } from 'node:crypto';
import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { type Once, type Repetition } from '@app/hub';
import { type FastifyRequest } from 'fastify';
import { callerOf } from './access';
import { nothingChanged } from './audit';
import { ApiProblems, invalid, Problem } from './problem';

/** For so long a repeated request is known as one, in ms. */
const REMEMBERED_MS = 24 * 60 * 60 * 1000;
const KEY = /^[\x21-\x7e]{1,255}$/;

/**
 * What a caller sent as `Idempotency-Key`, as its own: nobody gets the answer that another's key got. `undefined`
 * without. @throws Problem `invalid_input`
 */
export const IdempotencyKey = createParamDecorator((_data: unknown, context: ExecutionContext) => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  const key = request.headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key === 'string' && KEY.test(key)) return `${callerOf(request).id ?? ''} ${key}`;
  throw invalid('Idempotency-Key', 'Idempotency-Key must be 1 to 255 printable ASCII characters, no spaces');
});

/** Documents that a creation takes an `Idempotency-Key`. */
export function ApiIdempotent(): MethodDecorator {
  return applyDecorators(
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description:
        'Made by the caller, e.g. a UUID. For 24 hours the same key with the same body gets the first answer again and nothing more is made.',
      schema: {
        type: 'string',
        minLength: 1,
        maxLength: 255,
        example: '5f1d7a3e-0b0c-4a55-9a38-6f2f1c7d9e10',
      },
    }),
    ApiProblems('idempotency_key_reused'),
  );
}

/** A creation that may be asked for again. */
export interface Creation<Outcome, View> {
  /** The call, e.g. `platforms`: its keys are its own. */
  readonly call: string;
  readonly key: string | undefined;
  readonly input: object;
  readonly now: Date;
  create(): Promise<Outcome>;
  createOnce(once: Once<Outcome>): Promise<Outcome | Repetition>;
  /** What is answered. @throws Problem when nothing was made */
  view(outcome: Outcome): View;
}

/**
 * Creates, or answers as it did when it created under the same key.
 *
 * @throws Problem `idempotency_key_reused`, and what `view` throws
 */
export async function created<Outcome extends { readonly outcome: string }, View>(
  creation: Creation<Outcome, View>,
): Promise<View> {
  const { key, call, input, now, view } = creation;
  if (key === undefined) return view(await creation.create());
  const outcome = await creation.createOnce({
    key: `${call} ${key}`,
    request: createHash('sha256').update(JSON.stringify(input)).digest('hex'),
    expiresAt: new Date(now.getTime() + REMEMBERED_MS),
    answer: (made) => (made.outcome === 'done' ? JSON.stringify(view(made)) : undefined),
  });
  if (!isRepetition(outcome)) return view(outcome);
  if (outcome.outcome === 'key_reused') throw new Problem('idempotency_key_reused');
  nothingChanged();
  return JSON.parse(outcome.answer) as View;
}

function isRepetition(outcome: { readonly outcome: string }): outcome is Repetition {
  return outcome.outcome === 'repeated' || outcome.outcome === 'key_reused';
}
