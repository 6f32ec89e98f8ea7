export { AgreementsController } from './agreements.controller';
