/** Every migration, oldest first. Named one by one, so that the compiler misses one that is missing. */
import { Platforms1795392000001 } from '../../../migrations/1795392000001-platforms';
import { Parties1795392000002 } from '../../../migrations/1795392000002-parties';
import { Endpoints1795392000003 } from '../../../migrations/1795392000003-endpoints';
import { CredentialsTokens1795392000004 } from '../../../migrations/1795392000004-credentials-tokens';
import { Messages1795392000005 } from '../../../migrations/1795392000005-messages';
import { Deliveries1795400100000 } from '../../../migrations/1795400100000-deliveries';
import { Detours1795400200000 } from '../../../migrations/1795400200000-detours';
import { AllowedHosts1795400200001 } from '../../../migrations/1795400200001-allowed-hosts';
import { ObjectOwners1795400300000 } from '../../../migrations/1795400300000-object-owners';
import { Objects1795400400000 } from '../../../migrations/1795400400000-objects';
import { Statuses1795400500000 } from '../../../migrations/1795400500000-statuses';
import { Agreements1795400600000 } from '../../../migrations/1795400600000-agreements';
import { IdempotencyKeys1795400610000 } from '../../../migrations/1795400610000-idempotency-keys';
import { ApiKeys1795500100000 } from '../../../migrations/1795500100000-api-keys';
import { AuditLog1795500110000 } from '../../../migrations/1795500110000-audit-log';
import { MessageParents1795500200000 } from '../../../migrations/1795500200000-message-parents';
import { Captures1795500210000 } from '../../../migrations/1795500210000-captures';
import { MessagePlatforms1795500220000 } from '../../../migrations/1795500220000-message-platforms';
import { PlatformTls1795500500000 } from '../../../migrations/1795500500000-platform-tls';
import { AuditReads1795500600000 } from '../../../migrations/1795500600000-audit-reads';
import { DeliveryRoom1795700000000 } from '../../../migrations/1795700000000-delivery-room';
import { DeliveryBundles1795800000000 } from '../../../migrations/1795800000000-delivery-bundles';
import { TokenEncoding1795900000000 } from '../../../migrations/1795900000000-token-encoding';
import { MessageFailures1796000000000 } from '../../../migrations/1796000000000-message-failures';
import { MessageClaims1796000010000 } from '../../../migrations/1796000010000-message-claims';
import { BundledLegs1796100000000 } from '../../../migrations/1796100000000-bundled-legs';
import { ObjectsByPlatform1796200000000 } from '../../../migrations/1796200000000-objects-by-platform';
import { PairHalves1796200010000 } from '../../../migrations/1796200010000-pair-halves';
import { LongCorrelationIds1796310000000 } from '../../../migrations/1796310000000-long-correlation-ids';
import { DeliveryWorkers1796320000000 } from '../../../migrations/1796320000000-delivery-workers';
import { MessageReasons1796400000000 } from '../../../migrations/1796400000000-message-reasons';
import { ClientInfoViewTimes1796500000000 } from '../../../migrations/1796500000000-client-info-view-times';
import { RegistrationLimits1796900000000 } from '../../../migrations/1796900000000-registration-limits';
import { WriteProbes1796600000000 } from '../../../migrations/1796600000000-write-probes';
import { ListPlaces1796700000000 } from '../../../migrations/1796700000000-list-places';
import { ListResults1796700010000 } from '../../../migrations/1796700010000-list-results';
import { PlatformUsage1796900000001 } from '../../../migrations/1796900000001-platform-usage';
import { PartiesExchanged1796900000002 } from '../../../migrations/1796900000002-parties-exchanged';
import { ObjectsPushed1797100000000 } from '../../../migrations/1797100000000-objects-pushed';
import { Handshakes1796800000000 } from '../../../migrations/1796800000000-handshakes';

export const MIGRATIONS = [
  Platforms1795392000001,
  Parties1795392000002,
  Endpoints1795392000003,
  CredentialsTokens1795392000004,
  Messages1795392000005,
  Deliveries1795400100000,
  Detours1795400200000,
  AllowedHosts1795400200001,
  ObjectOwners1795400300000,
  Objects1795400400000,
  Statuses1795400500000,
  Agreements1795400600000,
  IdempotencyKeys1795400610000,
  ApiKeys1795500100000,
  AuditLog1795500110000,
  MessageParents1795500200000,
  Captures1795500210000,
  MessagePlatforms1795500220000,
  PlatformTls1795500500000,
  AuditReads1795500600000,
  DeliveryRoom1795700000000,
  DeliveryBundles1795800000000,
  TokenEncoding1795900000000,
  MessageFailures1796000000000,
  MessageClaims1796000010000,
  BundledLegs1796100000000,
  ObjectsByPlatform1796200000000,
  PairHalves1796200010000,
  LongCorrelationIds1796310000000,
  DeliveryWorkers1796320000000,
  MessageReasons1796400000000,
  ClientInfoViewTimes1796500000000,
  RegistrationLimits1796900000000,
  WriteProbes1796600000000,
  ListPlaces1796700000000,
  ListResults1796700010000,
  PlatformUsage1796900000001,
  PartiesExchanged1796900000002,
  ObjectsPushed1797100000000,
  Handshakes1796800000000,
];
