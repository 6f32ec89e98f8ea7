import { type DynamicModule, Module } from '@nestjs/common';
import { APP_GUARD, APP_PIPE, Reflector } from '@nestjs/core';
import { healthModule } from '@app/runtime';
import { ApiKeyGuard } from './access';
import { AgreementsController } from './agreements';
import { AllowedHostsController } from './allowed-hosts';
import { ApiKeysController } from './api-keys';
import { AuditController, RoleRefusals } from './audit';
import { CapturesController } from './captures';
import { Contract } from './contract';
import { DeliveriesController, DeliveryPauseController } from './deliveries';
import { HandshakesController } from './handshakes';
import { LimitsController } from './limits';
import { ListsController } from './lists';
import { MessagesController } from './messages';
import { PartiesController } from './parties';
import { ADMIN_PARTS, type AdminParts } from './parts';
import { PlatformTlsController } from './platform-tls';
import { ApprovalController, PlatformsController } from './platforms';
import { StatisticsController } from './statistics';
import { StatusHistoryController, SuspensionController } from './statuses';
import { TracesController } from './traces';
import { InputPipe } from './validation';

/** The admin REST API on given parts. */
@Module({})
export class AdminModule {
  /** @param contract empty still: it is learned from what this module serves */
  static register(parts: AdminParts, contract: Contract): DynamicModule {
    const refusals = new RoleRefusals(parts, contract);
    return {
      module: AdminModule,
      imports: [healthModule(parts.health)],
      controllers: [
        PlatformsController,
        ApprovalController,
        AllowedHostsController,
        CapturesController,
        LimitsController,
        ListsController,
        HandshakesController,
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
        { provide: Contract, useValue: contract },
        {
          provide: APP_GUARD,
          inject: [Reflector],
          useFactory: (reflector: Reflector) => new ApiKeyGuard(parts, reflector, refusals),
        },
        { provide: APP_PIPE, useClass: InputPipe },
      ],
    };
  }
}
