export { PostgresAnnouncementStore } from './announcement-store';
export { noteStatuses } from './history';
export { PostgresKeepership } from './keepership';
export { PostgresStatusStore } from './status-store';
