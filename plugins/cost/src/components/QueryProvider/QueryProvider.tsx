import { useApi } from '@backstage/frontend-plugin-api';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { ReactNode } from 'react';
import { costApiRef } from '../../api';

// one cache for the page, the cards and the widget of one app
const clients = new WeakMap<object, QueryClient>();

/** Server state of the plugin. */
export const QueryProvider = (props: { children: ReactNode }) => {
  const api = useApi(costApiRef);
  let client = clients.get(api);
  if (!client) {
    client = new QueryClient({
      defaultOptions: {
        queries: { retry: 1, retryDelay: 500, refetchOnWindowFocus: false },
      },
    });
    clients.set(api, client);
  }
  return (
    <QueryClientProvider client={client}>{props.children}</QueryClientProvider>
  );
};
