import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { AdminModule } from '../admin.module';
import { describeConditions } from '../conditions';
import { type Contract } from '../contract';
import { describePlainly } from './describe';
import { addExamples } from './examples';
import { withNullTypes } from './null-types';

const DESCRIPTION = `The operator's side of the hub.

Every call under \`/admin/v1\` needs \`Authorization: Bearer {key}\`: the \`ADMIN_API_KEY\` of the hub, which is an owner's, or one made
by \`POST /admin/v1/api-keys\`. A \`viewer\` may look, an \`operator\` change everything but keys, an \`owner\` everything; every change,
and every reading of captured payloads, is in \`/admin/v1/audit\`. Errors have one form, \`ProblemView\`;
unknown fields and query parameters are refused. Lists answer \`{data, next_cursor}\`.
Creations take an \`Idempotency-Key\`, so that a request whose answer was lost can be sent again. What can be changed comes with an
\`ETag\`; a change that brings it back as \`If-Match\` is refused (412) when somebody else was faster. Times are UTC, RFC 3339.

Open to everybody who reaches this port: \`/health/live\`, \`/health/ready\`, \`/metrics\`, and this document.`;

/** Serves `/admin/openapi.json` (OpenAPI 3.1, made from the code) and the page `/admin/docs`, without outside assets. */
export function serveOpenApi(app: NestFastifyApplication, contract: Contract): void {
  const document = openApiDocument(app);
  contract.learn(app, document);
  describeConditions(document, contract);
  describePlainly(document);
  addExamples(document);
  SwaggerModule.setup('admin/docs', app, document, {
    jsonDocumentUrl: 'admin/openapi.json',
    raw: ['json'],
    customSiteTitle: 'OCPI roaming hub: admin API',
    swaggerOptions: { validatorUrl: null },
  });
}

function openApiDocument(app: NestFastifyApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('OCPI roaming hub: admin API')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .addBearerAuth({
      type: 'http',
      scheme: 'bearer',
      description: 'The `ADMIN_API_KEY` of the hub, or a key made by it.',
    })
    .build();
  return withNullTypes(
    SwaggerModule.createDocument(app, config, { include: [AdminModule] }),
  ) as OpenAPIObject;
}
