import { evaluateAlarm } from './evaluateAlarm';
import { AlarmState, MissingData } from './records';

describe('evaluateAlarm', () => {
  const judge = (
    row: string,
    missingData: MissingData,
    datapointsToAlarm = 3,
  ): AlarmState =>
    evaluateAlarm(
      {
        comparison: 'GreaterThanThreshold',
        threshold: 5,
        evaluationPeriods: 3,
        datapointsToAlarm,
        missingData,
        // A state that no row comes to otherwise shows what is kept.
        state: 'KEPT' as AlarmState,
        stateReason: '',
      },
      row
        .split(' ')
        .map(item => (({ X: 10, '0': 0 } as Record<string, number>)[item])),
    ).state;

  // The table of the manual for 3 of 3 datapoints; `-` is missing, `X` breaches.
  it.each`
    row            | missing                | ignore     | breaching  | notBreaching
    ${'0 - X - X'} | ${'OK'}                | ${'OK'}    | ${'OK'}    | ${'OK'}
    ${'- - - - 0'} | ${'OK'}                | ${'OK'}    | ${'OK'}    | ${'OK'}
    ${'- - - - -'} | ${'INSUFFICIENT_DATA'} | ${'KEPT'}  | ${'ALARM'} | ${'OK'}
    ${'0 X X - X'} | ${'ALARM'}             | ${'ALARM'} | ${'ALARM'} | ${'ALARM'}
    ${'- - X - -'} | ${'ALARM'}             | ${'KEPT'}  | ${'ALARM'} | ${'OK'}
  `('judges $row as the manual does', ({ row, ...expected }) => {
    for (const [missingData, state] of Object.entries(expected)) {
      expect([missingData, judge(row, missingData as MissingData)]).toEqual([
        missingData,
        state,
      ]);
    }
  });

  it('needs as many datapoints as told', () => {
    expect(judge('0 0 X 0 X', 'missing', 2)).toBe('ALARM');
    expect(judge('0 0 0 0 X', 'missing', 2)).toBe('OK');
  });
});
