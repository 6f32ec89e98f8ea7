import { healthModule } from '@app/runtime';
import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { CallbackController } from './callback.controller';
import { CredentialsController } from './configuration/credentials.controller';
import { HubClientInfoController } from './configuration/hubclientinfo.controller';
import { VersionsController } from './configuration/versions.controller';
import { DetourPurge } from './detour-purge';
import { OcpiErrorFilter } from './edge/error.filter';
import { ROUTER_PARTS, type RouterParts } from './parts';

/** The OCPI listener. */
@Module({})
export class RouterModule {
  static with(parts: RouterParts): DynamicModule {
    return {
      module: RouterModule,
      imports: [healthModule(parts.health)],
      controllers: [CallbackController, CredentialsController, HubClientInfoController, VersionsController],
      providers: [
        DetourPurge,
        { provide: ROUTER_PARTS, useValue: parts },
        { provide: APP_FILTER, useClass: OcpiErrorFilter },
      ],
    };
  }
}
