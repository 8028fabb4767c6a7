import { DeliveryRow } from '@fairway/plugin-platform-envs-common';
import { BoardInput } from '../services/board';
import { LiveBoard } from '../services/LiveBoard';

/** The whole board for an input, each row with its ages and links. */
export function composeBoard(input: BoardInput, now: Date) {
  const board = new LiveBoard();
  board.take(input);
  board.compose();
  return { board, ...wholeBoard(board, now) };
}

/** Everything that a board says at a moment. */
export function wholeBoard(board: LiveBoard, now: Date) {
  const rows: DeliveryRow[] = board.lines.map(
    ({ row }) => board.detail(row.component.ref, now)!.row,
  );
  return {
    rows,
    environments: board.environments,
    sources: board.sources,
    findings: board.findings,
  };
}
