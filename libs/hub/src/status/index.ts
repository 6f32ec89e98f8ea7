export * from './alive-answer';
export * from './announcement-push';
export * from './announcements';
export * from './life-signs';
export * from './probe-schedule';
export * from './watched-courier';
