import { DeliveryLink } from '@fairway/plugin-platform-envs-common';
import { useCellLinks } from '../../hooks/useObservability';
import { Links } from './Links';

/**
 * Everything that leads out of a cell. Until the server has told, and when it
 * cannot, there are the links that the cell itself has.
 */
export function CellLinks(props: {
  componentRef: string;
  environmentRef: string;
  /** What is shown meanwhile. */
  links: DeliveryLink[];
  /** ISO 8601: dashboards then open around that time. */
  around?: string;
}) {
  const { componentRef, environmentRef, around } = props;
  const { data } = useCellLinks(componentRef, environmentRef, around);
  return <Links links={data?.items ?? props.links} />;
}
