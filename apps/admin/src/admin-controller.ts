import { applyDecorators, Controller } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from './problem';

/** A controller of `/admin/v1/{resource}`: behind the API key, and documented as such. */
export function AdminController(resource: string): ClassDecorator {
  return applyDecorators(
    Controller(`admin/v1/${resource}`),
    ApiTags(resource),
    ApiBearerAuth(),
    ApiProblems('invalid_input', 'unauthorized', 'forbidden', 'internal', 'database_unavailable'),
  );
}
