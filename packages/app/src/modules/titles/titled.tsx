import {
  configApiRef,
  PageLayoutProps,
  useApi,
} from '@backstage/frontend-plugin-api';
import { Helmet } from 'react-helmet';

type Layout = (props: PageLayoutProps) => JSX.Element | null;

/**
 * A layout of pages that calls the tab of the browser by the page and the app. What
 * a page sets inside it goes before.
 */
export function titled(Layout: Layout): Layout {
  return function TitledPageLayout(props) {
    const app = useApi(configApiRef).getOptionalString('app.title');
    const title = [props.title, app].filter(Boolean).join(' | ');
    return (
      <>
        <Helmet defaultTitle={title} />
        <Layout {...props} />
      </>
    );
  };
}
