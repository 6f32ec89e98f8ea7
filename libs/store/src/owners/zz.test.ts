import { factsOf } from '../../../hub/src/finders/learn';
import { answered, directoryOf, openMessage, platformOf } from '../../../hub/src/finders/message.fixture';
import { PostgresOwnerIndex } from './owner-index';
import { rowKeys } from './owner-rows';
test('x', () => {
  const d = directoryOf(platformOf('NL*CPO','CPO'), platformOf('DE*MSP','EMSP'));
  const idx = new PostgresOwnerIndex({} as never, rowKeys(Buffer.alloc(32)), console as never);
  for (const [n, p, b] of [['session','receiver/sessions/NL/CPO/S1',{a:'x'.repeat(2000)}],['location','receiver/locations/NL/CPO/S1',{a:'x'.repeat(2000)}],['token','receiver/tokens/NL/CPO/S1',{a:'x'.repeat(500), type:'RFID'}]] as const) {
    const m = answered(openMessage(d,{from:'NL*CPO',method:'PUT',path:p,body:b}),'DE*MSP',{});
    for (let i=0;i<20000;i++) idx.learn(factsOf(m));
    const t=performance.now(); for (let i=0;i<50000;i++) idx.learn(factsOf(m)); console.log(n, ((performance.now()-t)/50).toFixed(2),'us');
  }
});
