export { ListsController } from './lists.controller';
