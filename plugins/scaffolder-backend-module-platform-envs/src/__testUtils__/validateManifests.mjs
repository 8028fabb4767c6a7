// Reads Kubernetes objects as a JSON array from standard input and prints, as
// JSON, what their published schemas say against them. A process of its own:
// the schemas come as compiled ES modules, which the test runner does not load.
import { text } from 'node:stream/consumers';

const PACKAGES = {
  'argoproj.io': '@kubernetes-models/argo-cd',
  'external-secrets.io': '@kubernetes-models/external-secrets',
  'generators.external-secrets.io': '@kubernetes-models/external-secrets',
  'monitoring.coreos.com': '@kubernetes-models/prometheus-operator',
};

async function modelOf({ apiVersion, kind }) {
  const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : '';
  const name = PACKAGES[group] ?? 'kubernetes-models';
  const Model = (await import(`${name}/${apiVersion}`))[kind];
  if (!Model) throw new Error(`there is no schema of ${apiVersion} ${kind}`);
  return Model;
}

const problems = [];
for (const object of JSON.parse(await text(process.stdin))) {
  const title = `${object.kind} ${object.metadata?.name}`;
  try {
    const Model = await modelOf(object);
    new Model(object).validate();
  } catch (error) {
    problems.push(`${title}: ${error.message}`);
  }
}
process.stdout.write(JSON.stringify(problems));
