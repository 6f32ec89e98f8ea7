export * from './ask-issuers';
export * from './find-receiver';
export * from './holders';
export * from './learn';
export * from './learner';
