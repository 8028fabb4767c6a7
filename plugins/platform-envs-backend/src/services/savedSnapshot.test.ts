import { Deployment } from '@fairway/plugin-platform-envs-node';
import { savedDeployment, toSavedDeployment } from './savedSnapshot';

const DEPLOYMENT = {
  instance: 'main',
  name: 'cart-dev',
  namespace: 'argocd',
  labels: {},
  automated: true,
  sync: 'Synced',
  health: 'Healthy',
  images: [],
  resources: [],
  conditions: [],
} as unknown as Deployment;

describe('savedSnapshot', () => {
  it('leaves out what the source works out again, and keeps whose ApplicationSet it is', () => {
    const told = {
      ...DEPLOYMENT,
      managedBy: { kind: 'Application', name: 'a' },
    };
    const events = [{ reason: 'BackOff' }] as unknown as Deployment['events'];
    expect(toSavedDeployment({ ...told, events } as Deployment)).toEqual(
      DEPLOYMENT,
    );
    const ofSet = {
      ...DEPLOYMENT,
      managedBy: { kind: 'ApplicationSet', name: 's' },
    } as Deployment;
    expect(toSavedDeployment(ofSet)).toEqual(ofSet);
  });

  it('gives back the document that it checked, with parts that it does not know', () => {
    const document = { ...DEPLOYMENT, ofLater: 1 };
    expect(savedDeployment.parse(document)).toBe(document);
  });

  it('refuses a document of another shape', () => {
    expect(() => savedDeployment.parse({ ...DEPLOYMENT, images: 3 })).toThrow(
      /images/,
    );
  });
});
