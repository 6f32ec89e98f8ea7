export { PostgresAnnouncementStore } from './announcement-store';
export { PostgresKeepership } from './keepership';
export { PostgresStatusStore } from './status-store';
