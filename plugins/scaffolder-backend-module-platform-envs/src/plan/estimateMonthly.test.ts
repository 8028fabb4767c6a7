import { PlannedThing } from '@fairway/plugin-platform-envs-common';
import { estimateMonthly, sumEstimates } from './estimateMonthly';
import { PRICE_TABLE } from './priceTable';

const deployment = (
  capacity: Partial<PlannedThing['capacity']>,
): PlannedThing => ({
  kind: 'deployment',
  name: 'order-intake',
  where: 'sample-platform-ai-dev',
  change: 'create',
  environment: 'dev',
  capacity: {
    runtime: 'ecs',
    region: 'us-east-1',
    replicas: 2,
    cpu: '0.25',
    memory: '0.5Gi',
    ...capacity,
  },
});

const resource = (resourceType: string, where: string): PlannedThing => ({
  kind: 'awsResource',
  name: 'order-intake',
  where,
  change: 'create',
  resourceType,
});

describe('estimateMonthly', () => {
  it('multiplies what Fargate charges for vCPU and memory', () => {
    // 2 * 730 * (0.25 * 0.04048 + 0.5 * 0.004445) = 18.0200...
    expect(estimateMonthly(deployment({}))).toEqual({
      status: 'ok',
      amount: '18.02',
      currency: 'USD',
      pricedOn: PRICE_TABLE.pricedOn,
      basis: '2 × (0.25 vCPU, 0.5 GiB) for 730 hours, Fargate in us-east-1',
    });
  });

  it('charges a pod with its share of a node by requests', () => {
    // A node's worth of requests costs the node: 730 * 0.12.
    expect(
      estimateMonthly(
        deployment({
          runtime: 'eks',
          region: 'ap-southeast-2',
          replicas: 1,
          cpu: '2000m',
          memory: '8192Mi',
        }),
      ),
    ).toMatchObject({ status: 'ok', amount: '87.60' });
  });

  it('says what it may cost at most when replicas may grow', () => {
    const one = estimateMonthly(deployment({ replicas: 1, maxReplicas: 4 }));
    expect(one).toMatchObject({
      amount: '9.01',
      basis: expect.stringContaining('at most 4 when it is busy, 36.04 USD'),
    });
  });

  it.each([
    ['a region without prices', deployment({ region: 'mars-north-1' })],
    ['a region named like a property', deployment({ region: 'constructor' })],
    ['no CPU', deployment({ cpu: '0' })],
    ['memory without a unit', deployment({ memory: '512' })],
    ['no capacity', { ...deployment({}), capacity: undefined }],
    ['an unknown resource', resource('AWS::Foo::Bar', '1/us-east-1')],
    ['a place without region', resource('AWS::ECR::Repository', '1')],
  ])('says that %s has no price, never zero', (_, thing) => {
    expect(estimateMonthly(thing)).toEqual({
      status: 'unavailable',
      reason: expect.stringMatching(/price/),
    });
  });

  it('knows the resources that templates create in every seeded region', () => {
    const amounts = [
      'us-east-1',
      'us-west-2',
      'ap-southeast-2',
      'ap-southeast-4',
    ]
      .flatMap(region =>
        [
          'AWS::ECR::Repository',
          'AWS::S3::Bucket',
          'AWS::CloudFront::Distribution',
          'AWS::SecretsManager::Secret',
        ].map(type => estimateMonthly(resource(type, `1/${region}`))),
      )
      .map(estimate => estimate?.status === 'ok' && Number(estimate.amount));
    expect(amounts).toHaveLength(16);
    expect(amounts.every(amount => amount && amount > 0)).toBe(true);
  });

  it('prices a queue by what asks it, and one that nobody asks not at all', () => {
    const queue = resource('AWS::SQS::Queue', '1/us-east-1');
    expect(
      estimateMonthly({
        ...queue,
        properties: [{ name: 'RedrivePolicy', value: '{}' }],
      }),
    ).toMatchObject({ status: 'ok', amount: '0.40' });
    expect(estimateMonthly(queue)).toMatchObject({
      status: 'ok',
      amount: '0.00',
      basis: expect.stringContaining('only requests are paid'),
    });
  });

  it('gives no price to what is free or goes away', () => {
    expect(
      estimateMonthly(resource('AWS::IAM::Role', '1/us-east-1')),
    ).toBeUndefined();
    expect(
      estimateMonthly({ ...deployment({}), change: 'remove' }),
    ).toBeUndefined();
  });
});

describe('sumEstimates', () => {
  const ok = (amount: string) => ({
    status: 'ok' as const,
    amount,
    currency: 'USD',
    pricedOn: '2026-03-01',
    basis: 'x',
  });

  it('adds exactly', () => {
    expect(sumEstimates([ok('0.10'), ok('0.20')])).toMatchObject({
      amount: '0.30',
    });
  });

  it('names what the sum lacks', () => {
    expect(
      sumEstimates([ok('1.00'), { status: 'unavailable', reason: 'No price' }]),
    ).toMatchObject({ amount: '1.00', missing: ['No price'] });
  });

  it('is unavailable when no part has a price', () => {
    expect(
      sumEstimates([{ status: 'unavailable', reason: 'No price' }]),
    ).toEqual({ status: 'unavailable', reason: 'No price' });
  });

  it('does not add different currencies', () => {
    expect(
      sumEstimates([ok('1.00'), { ...ok('1.00'), currency: 'AUD' }]),
    ).toMatchObject({ status: 'unavailable' });
  });

  it('is nothing for nothing', () => {
    expect(sumEstimates([])).toBeUndefined();
  });
});
