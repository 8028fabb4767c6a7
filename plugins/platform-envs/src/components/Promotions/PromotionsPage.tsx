import { Route, Routes } from 'react-router-dom';
import { Screen } from '../Screen';
import { PromotionListPage } from './PromotionListPage';
import { PromotionPage } from './PromotionPage';

/** Promotions: the list, and the one page on which a promotion is decided. */
export function PromotionsPage() {
  return (
    <Screen page>
      <Routes>
        <Route path="/" element={<PromotionListPage />} />
        <Route path="/:id" element={<PromotionPage />} />
      </Routes>
    </Screen>
  );
}
