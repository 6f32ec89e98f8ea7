import { RouteTable } from './route-table';

const table = new RouteTable();
table.add({ url: '/a/:id', method: 'GET' });
table.add({ url: '/a/:id', method: ['DELETE', 'GET'] });
table.add({ url: '/a/:id/b.json', method: 'POST' });
table.add({ url: '/files/*', method: 'GET' });

test.each([
  ['/a/1', ['DELETE', 'GET']],
  ['/a/1?x=/a/1/b.json', ['DELETE', 'GET']],
  ['/a/1/b.json', ['POST']],
  ['/a/1/bxjson', []],
  ['/a', []],
  ['/a/', []],
  ['/files/x/y', ['GET']],
])('%s has the methods %j', (url, methods) => {
  expect(table.methodsOf(url)).toEqual(methods);
});
