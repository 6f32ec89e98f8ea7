export { PartiesController } from './parties.controller';
