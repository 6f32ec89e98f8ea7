import { NestFactory } from '@nestjs/core';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { nestLogger, type ServerTls } from '@app/runtime';
import { AdminModule } from './admin.module';
import { AuditedReadInterceptor, ChangeInterceptor } from './audit';
import { EntityTagInterceptor } from './conditions';
import { Contract } from './contract';
import { adminServer } from './http';
import { serveOpenApi } from './openapi';
import { type AdminParts } from './parts';
import { ProblemFilter } from './problem';
import { UnusedInputInterceptor } from './unused-input.interceptor';

/** The admin application on given parts, ready to listen. It closes nothing that it was given. */
export async function createAdminApp(parts: AdminParts, tls?: ServerTls): Promise<NestFastifyApplication> {
  const { adapter, routes } = adminServer(tls);
  const contract = new Contract();
  const app = await NestFactory.create<NestFastifyApplication>(
    AdminModule.register(parts, contract),
    adapter,
    {
      logger: nestLogger(parts.log),
      bodyParser: false,
      abortOnError: false,
      ...(tls && { httpsOptions: {} }),
    },
  );
  app.useGlobalFilters(new ProblemFilter(parts.log, routes));
  app.useGlobalInterceptors(
    new ChangeInterceptor(parts, contract),
    new AuditedReadInterceptor(parts, contract),
    new UnusedInputInterceptor(contract),
    new EntityTagInterceptor(contract),
  );
  serveOpenApi(app, contract);
  await app.init();
  await adapter.getInstance().ready();
  return app;
}
