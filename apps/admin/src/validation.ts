import {
  type ArgumentMetadata,
  Injectable,
  ParseUUIDPipe,
  type ValidationError,
  ValidationPipe,
} from '@nestjs/common';
import { type DetailView, invalid, Problem } from './problem';

/** More faults than this in one input are not told; the first ones are enough to go on with. */
export const MAX_DETAILS = 50;

/**
 * Checks bodies and query strings against their class: unknown fields are refused, values are converted.
 *
 * @throws Problem `invalid_input` that names each field by its path
 */
@Injectable()
export class InputPipe extends ValidationPipe {
  constructor() {
    super({ transform: true, whitelist: true, forbidNonWhitelisted: true, exceptionFactory: refusal });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type === 'body' && !isObject(value)) throw invalid('body', 'body must be a JSON object');
    return super.transform(value, metadata) as Promise<unknown>;
  }
}

/**
 * A path parameter that is an id, in lower case as the hub writes it: what is compared with it, or sealed for it, must
 * not depend on how a caller writes it.
 *
 * @throws Problem `invalid_input` that names `id`
 */
@Injectable()
export class UuidPipe extends ParseUUIDPipe {
  constructor() {
    super({ exceptionFactory: () => invalid('id', 'id must be a UUID') });
  }

  override async transform(value: string, metadata: ArgumentMetadata): Promise<string> {
    return (await super.transform(value, metadata)).toLowerCase();
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refusal(errors: ValidationError[]): Problem {
  return new Problem('invalid_input', errors.flatMap((error) => detailsOf(error, '')).slice(0, MAX_DETAILS));
}

/** One detail a field, with the path that leads to it: `planned_parties[0].role`. */
function detailsOf(error: ValidationError, parent: string): DetailView[] {
  const field = pathTo(error.property, parent);
  const message = Object.values(error.constraints ?? {})[0];
  const own = message === undefined ? [] : [{ field, message: message.replace(/^property /, '') }];
  return [...own, ...(error.children ?? []).flatMap((child) => detailsOf(child, field))];
}

function pathTo(property: string, parent: string): string {
  if (parent === '') return property;
  return /^\d+$/.test(property) ? `${parent}[${property}]` : `${parent}.${property}`;
}
