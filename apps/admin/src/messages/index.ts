export { MessageView, messageView } from './message-view';
export { MessagesController } from './messages.controller';
