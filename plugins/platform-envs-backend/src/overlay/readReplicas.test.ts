import { readReplicas } from './readReplicas';

const kustomize = { format: 'kustomize', imageName: 'orders' } as const;
const read = (content: string) =>
  readReplicas({ path: 'kustomization.yaml', content }, kustomize);

describe('readReplicas', () => {
  it.each([
    ['replicas:\n  - name: orders\n    count: 3\n', 3],
    [
      'images: []\nreplicas:\n- name: web\n  count: 1\n- name: orders\n  count: 0',
      0,
    ],
    ['replicas: [{name: orders, count: 4}]\nimages: []\n', 4],
    [
      'replicas: # how many\n\n  # of them\n  - count: 2\n    name: orders\nx: 1',
      2,
    ],
    ['replicas:\r\n  - name: orders\r\n    count: 5\r\nimages: []\r\n', 5],
    ['replicas:\n  - name: web\n    count: 3\n', undefined],
    ['images:\n  - name: orders\n', undefined],
    ['replicas:\n  - name: orders\n    count: many\n', undefined],
    ['replicas: &a {b: [}\n', undefined],
    ['patches:\n  - patch: |\n      replicas: 9\n', undefined],
  ])('of %j is %j', (content, expected) => {
    expect(read(content)).toBe(expected);
  });

  it('is the desired count of a tfvars file', () => {
    const of = (content: string) =>
      readReplicas({ path: 'a.tfvars.json', content }, { format: 'tfvars' });
    expect(of('{"desired_count": 2}')).toBe(2);
    expect(of('{"desired_count": 0}')).toBe(0);
    expect(of('{"image_tag": "1"}')).toBeUndefined();
    expect(of('{')).toBeUndefined();
  });
});
