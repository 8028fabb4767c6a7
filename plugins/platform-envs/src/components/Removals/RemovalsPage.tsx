import { Route, Routes } from 'react-router-dom';
import { Screen } from '../Screen';
import { RemovalListPage } from './RemovalListPage';
import { RemovalPage } from './RemovalPage';

/** Removals: the list, and the one page on which a removal is decided. */
export function RemovalsPage() {
  return (
    <Screen page>
      <Routes>
        <Route path="/" element={<RemovalListPage />} />
        <Route path="/:id" element={<RemovalPage />} />
      </Routes>
    </Screen>
  );
}
