import { type DynamicModule, Module } from '@nestjs/common';
import { APP_PIPE } from '@nestjs/core';
import { healthModule } from '@app/runtime';
import { AgreementsController } from './agreements';
import { AllowedHostsController } from './allowed-hosts';
import { ApiKeysController } from './api-keys';
import { AuditController } from './audit';
import { CapturesController } from './captures';
import { DeliveriesController, DeliveryPauseController } from './deliveries';
import { MessagesController } from './messages';
import { PartiesController } from './parties';
import { ADMIN_PARTS, type AdminParts } from './parts';
import { PlatformTlsController } from './platform-tls';
import { PlatformsController } from './platforms';
import { StatisticsController } from './statistics';
import { StatusHistoryController, SuspensionController } from './statuses';
import { TracesController } from './traces';
import { InputPipe } from './validation';

/** The admin REST API on given parts, without what guards it: see `createAdminApp`. */
@Module({})
export class AdminModule {
  static register(parts: AdminParts): DynamicModule {
    return {
      module: AdminModule,
      imports: [healthModule(parts.health)],
      controllers: [
        PlatformsController,
        AllowedHostsController,
        CapturesController,
        PlatformTlsController,
        StatisticsController,
        SuspensionController,
        PartiesController,
        StatusHistoryController,
        AgreementsController,
        DeliveriesController,
        DeliveryPauseController,
        MessagesController,
        TracesController,
        ApiKeysController,
        AuditController,
      ],
      providers: [
        { provide: ADMIN_PARTS, useValue: parts },
        { provide: APP_PIPE, useClass: InputPipe },
      ],
    };
  }
}
