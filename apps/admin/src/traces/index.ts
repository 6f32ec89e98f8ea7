export { TracesController } from './traces.controller';
