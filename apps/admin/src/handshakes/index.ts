export { ApiHandshake, CorrelationId } from './correlation-id';
export { HandshakesController } from './handshakes.controller';
