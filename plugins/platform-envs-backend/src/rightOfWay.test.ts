import express from 'express';
import { setImmediate as turn } from 'node:timers/promises';
import request from 'supertest';
import { giveWay, haveRightOfWay } from './rightOfWay';

/** Asks a server that answers when it is let to. */
async function ask() {
  let letAnswer = () => {};
  const app = express();
  app.use(haveRightOfWay);
  const asked = new Promise<void>(resolve => {
    app.get('/', (_, res) => {
      letAnswer = () => res.json({});
      resolve();
    });
  });
  const answer = request(app)
    .get('/')
    .then(({ status }) => status);
  await asked;
  return { answer, letAnswer: () => letAnswer() };
}

/** Whether work in the background may go on at its next turn. */
async function mayGoOn(): Promise<boolean> {
  let goesOn = false;
  void giveWay().then(() => {
    goesOn = true;
  });
  for (let i = 0; i < 5; i++) await turn();
  return goesOn;
}

describe('giveWay', () => {
  it('ends at the next turn when nobody asks', async () => {
    expect(await mayGoOn()).toBe(true);
  });

  it('ends when whoever asked is answered', async () => {
    const { answer, letAnswer } = await ask();
    expect(await mayGoOn()).toBe(false);
    const work = giveWay();
    letAnswer();
    await work;
    expect(await answer).toBe(200);
    expect(await mayGoOn()).toBe(true);
  });

  it('ends after a while although somebody still waits', async () => {
    const { answer, letAnswer } = await ask();
    expect(await mayGoOn()).toBe(false);
    await giveWay();
    letAnswer();
    expect(await answer).toBe(200);
  });

  it('does not wait for one who has waited very long, as with a stream of events', async () => {
    const { answer, letAnswer } = await ask();
    while (!(await mayGoOn())) await giveWay();
    letAnswer();
    expect(await answer).toBe(200);
  });
});
