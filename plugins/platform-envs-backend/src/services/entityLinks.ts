import { Entity } from '@backstage/catalog-model';
import { DeliveryLink } from '@fairway/plugin-platform-envs-common';
import { isWebUrl } from './links';

const LINK_TYPES: DeliveryLink['type'][] = [
  'argocd',
  'grafana',
  'logs',
  'runbook',
  'aws',
  'git',
];

/** Links of the entity; one whose scheme is not http or https is left out. */
export function entityLinks(entity: Entity): DeliveryLink[] {
  return (entity.metadata.links ?? [])
    .filter(link => isWebUrl(link.url))
    .map(link => ({
      title: link.title ?? link.url,
      url: link.url,
      type: LINK_TYPES.find(type => type === link.type) ?? 'other',
    }));
}
