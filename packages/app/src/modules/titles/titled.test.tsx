import { configApiRef } from '@backstage/frontend-plugin-api';
import { mockApis, TestApiProvider } from '@backstage/frontend-test-utils';
import { render, waitFor } from '@testing-library/react';
import { Helmet } from 'react-helmet';
import { titled } from './titled';

const Page = titled(({ children }) => <main>{children}</main>);

const inApp = (element: JSX.Element) => (
  <TestApiProvider
    apis={[
      [configApiRef, mockApis.config({ data: { app: { title: 'Fairway' } } })],
    ]}
  >
    {element}
  </TestApiProvider>
);

const titleBecomes = (title: string) =>
  waitFor(() => expect(document.title).toBe(title));

describe('titled', () => {
  it('calls the tab by the page, also after another one', async () => {
    const { rerender } = render(inApp(<Page key="1" title="Promotions" />));
    await titleBecomes('Promotions | Fairway');
    rerender(inApp(<Page key="2" title="Environments" />));
    await titleBecomes('Environments | Fairway');
    rerender(inApp(<Page key="3" />));
    await titleBecomes('Fairway');
  });

  it('leaves the word to what the page says itself', async () => {
    render(
      inApp(
        <Page title="Catalog">
          <Helmet titleTemplate="%s | Fairway" title="sample-backend" />
        </Page>,
      ),
    );
    await titleBecomes('sample-backend | Fairway');
  });
});
