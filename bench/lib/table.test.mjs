import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { judge } from './figures.mjs';
import { renderMarkdown, renderTable, tell } from './table.mjs';

describe('renderTable', () => {
  it('puts figures in columns, and what needs a word below', () => {
    const text = renderTable([
      judge({
        id: 'a',
        title: 'board page, p50',
        size: 2000,
        unit: 'ms',
        ours: 5.312,
        peers: { roadie: 810, community: 1200 },
        gate: { max: 8 },
        note: 'as one browser asks',
      }),
      judge({
        id: 'b',
        title: 'calls',
        size: 50,
        unit: 'calls',
        ours: 3,
        gate: { max: 0 },
        note: 'as one browser asks',
      }),
      judge({ id: 'c', title: 'heap', unit: 'MB', ours: NaN }),
    ]);
    assert.equal(
      text,
      `measure              size          ours           peer  peer/ours        gate
board page, p50 [1]  2000       5.31 ms  810 ms roadie       152x     <= 8 ms  pass
calls [1]              50       3 calls                            <= 0 calls  MISS
heap                       not measured

[1] as one browser asks`,
    );
  });
});

describe('renderMarkdown', () => {
  it('is the same as a Markdown table', () => {
    const figure = judge({
      id: 'a',
      title: 'start',
      size: 50,
      unit: 'ms',
      ours: 3100,
      peers: { roadie: 3400 },
      gate: { max: 3200, maxOfPeer: 1.1 },
      note: 'with the snapshot',
    });
    assert.equal(
      renderMarkdown([figure]),
      `| measure | size | ours | peer | peer/ours | gate | verdict |
| --- | ---: | ---: | ---: | ---: | ---: | --- |
| start [1] | 50 | 3100 ms | 3400 ms roadie | 1.1x | <= 3200 ms, <= 1.1 of peer | pass |

[1] with the snapshot`,
    );
  });
});

describe('tell', () => {
  it('shows three digits and the unit that fits', () => {
    assert.equal(tell(0, 'calls'), '0 calls');
    assert.equal(tell(0.04, 'calls'), '0.04 calls');
    assert.equal(tell(12.345, 'ms'), '12.3 ms');
    assert.equal(tell(12_345, 'ms'), '12.3 s');
    assert.equal(tell(999, 'B'), '999 B');
    assert.equal(tell(110_000, 'B'), '110 kB');
    assert.equal(tell(0.2, ''), '0.2');
  });

  it('does not make a number of what was not measured', () => {
    assert.equal(tell(NaN, 'ms'), 'not measured');
    assert.equal(tell(undefined, 'ms'), 'not measured');
  });
});
