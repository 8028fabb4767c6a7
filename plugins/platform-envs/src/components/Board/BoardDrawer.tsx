import { Overview } from '@fairway/plugin-platform-envs-common';
import { refName } from '../../model/refs';
import { CellPanel } from '../CellDetails';
import { Drawer } from '../Drawer';
import { findCell } from './boardModel';

/** The open cell beside the board; says so when the address names none. */
export function BoardDrawer(props: {
  overview: Overview;
  openKey: string;
  onClose: () => void;
}) {
  const { overview, openKey, onClose } = props;
  const found = findCell(overview, openKey);
  if (!found) {
    return (
      <Drawer title="Not on the board" focusKey={openKey} onClose={onClose}>
        <p>
          The address names a service or an environment that is not in the
          catalog, or that you may not see.
        </p>
      </Drawer>
    );
  }
  const { row, cell, environment } = found;
  return (
    <Drawer
      title={`${row.component.title ?? row.component.name} in ${
        environment?.title ?? refName(cell.environmentRef)
      }`}
      focusKey={openKey}
      onClose={onClose}
    >
      <CellPanel
        key={openKey}
        componentRef={cell.componentRef}
        environmentRef={cell.environmentRef}
        preview={cell}
      />
    </Drawer>
  );
}
