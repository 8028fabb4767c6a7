import { ObservedDashboard } from '@fairway/plugin-platform-envs-node';
import { selectDashboards } from './selectDashboards';

const dashboard = (
  title: string,
  tags: string[],
  folderTitle = '',
): ObservedDashboard => ({
  uid: title,
  title,
  tags,
  url: `https://grafana.example.com/d/${title}`,
  folderTitle,
  folderUrl: '',
});

const ALL = [
  dashboard('orders', ['shop', 'service'], 'Shop'),
  dashboard('carts', ['shop', 'service', 'draft'], 'Shop'),
  dashboard('nodes', ['infra']),
];

describe('selectDashboards', () => {
  it.each([
    ['shop', ['orders', 'carts']],
    ['no-such-tag', []],
    ["tags @> 'shop' && !(tags @> 'draft')", ['orders']],
    ["title == 'nodes' || tags @> 'draft'", ['carts', 'nodes']],
    ["folderTitle != 'Shop'", ['nodes']],
    ["url == 'https://grafana.example.com/d/orders'", ['orders']],
    ['title', []],
  ])('reads %s as the Grafana plugin does', (selector, expected) => {
    expect(selectDashboards(ALL, selector).map(d => d.title)).toEqual(expected);
  });

  it.each([
    ["tags @> 'shop' &&", /Expected expression/],
    ["secret == 'x'", /no field "secret"/],
    ["title @> 'x'", /needs a list/],
    ['title.constructor()', /may not have a CallExpression/],
    ["title + 'x'", /may not have the operator \+/],
    ['a b c', /Compound|Unexpected|may not/],
    [`${'!'.repeat(500)}title`, /nested too deeply/],
    [`tags @> '${'x'.repeat(3000)}'`, /over 2000 characters/],
  ])('refuses %.30s', (selector, message) => {
    expect(() => selectDashboards(ALL, selector)).toThrow(message);
  });
});
