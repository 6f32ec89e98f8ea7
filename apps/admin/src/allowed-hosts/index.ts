export { AllowedHostsController } from './allowed-hosts.controller';
