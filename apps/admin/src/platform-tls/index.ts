export { PeerTlsBook } from './peer-tls-book';
export { PlatformTlsController } from './platform-tls.controller';
