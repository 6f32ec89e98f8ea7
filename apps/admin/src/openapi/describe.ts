/** What goes without saying in the code and not in the document. */
import { type OpenAPIObject } from '@nestjs/swagger';

const ID = { type: 'string', format: 'uuid', example: '7d1c2d5e-3f55-4a0a-9f0c-3c5b6d0f2a11' };

interface Said {
  readonly summary: string;
  readonly parameters?: { readonly name: string; readonly in: string; schema?: object }[];
  readonly responses: Readonly<Record<string, { description?: string }>>;
}

/** Says that ids in paths are UUIDs, and that an answer is what its call is for. */
export function describePlainly({ paths }: OpenAPIObject): void {
  for (const item of Object.values(paths)) {
    for (const { summary, parameters = [], responses } of Object.values(item) as Said[]) {
      const id = parameters.find((parameter) => parameter.in === 'path' && parameter.name === 'id');
      if (id !== undefined) id.schema = ID;
      for (const response of Object.values(responses)) response.description ||= summary;
    }
  }
}
