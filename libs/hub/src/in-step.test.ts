import { atEndOfTurn, endOfTurn, onceAllCame } from './in-step';

test('what was put off to the end of a turn is done in the order it came, each step for all before the next', async () => {
  const done: string[] = [];
  const message = async (name: string): Promise<void> => {
    await endOfTurn();
    done.push(`take in ${name}`);
    await new Promise<void>(onceAllCame);
    done.push(`hand over ${name}`);
    await new Promise<void>(atEndOfTurn);
    done.push(`answer ${name}`);
  };
  await Promise.all(['a', 'b'].map(message));
  expect(done).toEqual(['take in a', 'take in b', 'hand over a', 'hand over b', 'answer a', 'answer b']);
});

test('the end of a turn comes before the next one begins', async () => {
  const done: string[] = [];
  const nextTurn = new Promise<void>((resolve) =>
    setImmediate(() => {
      setImmediate(() => {
        done.push('next turn');
        resolve();
      });
    }),
  );
  atEndOfTurn(() => done.push('end of turn'));
  await nextTurn;
  expect(done).toEqual(['end of turn', 'next turn']);
});

test('what is put off while the others are done waits for its own turn', async () => {
  const done: string[] = [];
  await new Promise<void>((resolve) => {
    atEndOfTurn(() => {
      atEndOfTurn(() => {
        done.push('second turn');
        resolve();
      });
    });
    atEndOfTurn(() => done.push('first turn'));
  });
  expect(done).toEqual(['first turn', 'second turn']);
});
