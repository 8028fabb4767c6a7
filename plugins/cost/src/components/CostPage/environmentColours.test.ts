import { environmentColours, inOrder } from './environmentColours';

describe('environmentColours', () => {
  it('gives every environment its own colour, uat and staging too', () => {
    const names = ['local', 'sandbox', 'dogfood', 'dev', 'uat', 'staging'];
    const colours = environmentColours([...names, 'prod']);
    expect(new Set(colours.values()).size).toBe(names.length + 1);
  });

  it('gives a name the same colour whatever else there is', () => {
    expect(environmentColours(['prod']).get('prod')).toBe(
      environmentColours(['dev', 'preprod', 'prod']).get('prod'),
    );
  });

  it('takes no colour from a usual name for another', () => {
    const colours = environmentColours(['dev', 'eu', 'us', 'prod']);
    expect(new Set(colours.values()).size).toBe(4);
  });

  it('runs out of colours without failing', () => {
    const names = Array.from({ length: 20 }, (_, i) => `tenant-${i}`);
    expect([...environmentColours(names).values()]).not.toContain(undefined);
  });
});

describe('inOrder', () => {
  it('leads to production, each name once', () => {
    expect(
      inOrder(['prod', 'uat', 'dev', 'prod', 'eu-test', 'local', 'dev']),
    ).toEqual(['local', 'dev', 'uat', 'eu-test', 'prod']);
  });
});
