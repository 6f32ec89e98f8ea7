export { CapturesController } from './captures.controller';
