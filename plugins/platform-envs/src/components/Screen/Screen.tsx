import { ReactNode } from 'react';
import { useApi } from '@backstage/frontend-plugin-api';
import { QueryClientProvider } from '@tanstack/react-query';
import { platformEnvsApiRef } from '../../api';
import { queryClientOf } from './queryClient';
import '../../theme.css';
import styles from './Screen.module.css';

/** What every page, card and widget of the plugin stands in: server state and palette. */
export function Screen(props: { children: ReactNode; page?: boolean }) {
  const api = useApi(platformEnvsApiRef);
  return (
    <QueryClientProvider client={queryClientOf(api)}>
      {props.page ? (
        <main className={styles.page}>{props.children}</main>
      ) : (
        <div className={styles.part}>{props.children}</div>
      )}
    </QueryClientProvider>
  );
}
