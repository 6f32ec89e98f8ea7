export { ApprovalController } from './approval.controller';
export { PEER_ROLES } from './platform-input';
export { platformPartyView, PlatformPartyView, PlatformView, platformView } from './platform-view';
export { PlatformsController } from './platforms.controller';
