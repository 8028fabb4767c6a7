import type { IExternalSecret } from '@kubernetes-models/external-secrets/external-secrets.io/v1';
import { yaml } from '../gitops/kustomize/labels';
import { ComponentDatabase, DatabaseEnvironment } from './types';

/** Folder of an overlay that holds what its database needs. */
export const DATABASE_FOLDER = 'database';

/** PostgreSQL's own limit is 63 bytes; a component has 40. */
export function identifierOf(component: string): string {
  return component.replaceAll('-', '_');
}

/** The secret of a component's database in an environment's secret store. */
export function databaseSecretName(
  { system, component }: Pick<ComponentDatabase, 'system' | 'component'>,
  environment: string,
): string {
  return `${system}/${environment}/${component}/database`;
}

/** Where a platform says how its database cluster is reached: `host` and `port`. */
export function clusterSecretName(
  { system }: Pick<ComponentDatabase, 'system'>,
  environment: string,
): string {
  return `${system}/${environment}/database`;
}

/**
 * A database for a component in one environment, as a kustomize component of
 * its overlay. Paths are within the GitOps repository; the same input gives the
 * same bytes.
 *
 * 1. External Secrets makes a password, once, and puts it into the secret store.
 * 2. It reads it back, with the cluster's address, as the Secret `<component>-database`.
 * 3. Crossplane's provider for SQL makes a role with that password, a database
 *    that the role owns, and the extensions in it.
 * 4. The Deployment gets the Secret as environment variables.
 *
 * Nobody has seen the password, the portal included. What holds data stays when
 * the files go.
 *
 * @see https://external-secrets.io/latest/api/pushsecret/
 * @see https://github.com/crossplane-contrib/provider-sql
 */
export function renderDatabase(
  database: ComponentDatabase,
  environment: DatabaseEnvironment,
): Map<string, string> {
  const folder = `${environment.overlay}/${DATABASE_FOLDER}`;
  return new Map([
    [
      `${folder}/kustomization.yaml`,
      yaml(kustomizeComponent(database, environment)),
    ],
    [
      `${folder}/credentials.yaml`,
      yaml(
        passwordGenerator(database),
        pushSecret(database, environment),
        connectionSecret(database, environment),
      ),
    ],
    [
      `${folder}/database.yaml`,
      yaml(
        role(database, environment),
        postgresDatabase(database, environment),
        ...database.extensions.map(extension =>
          postgresExtension(database, environment, extension),
        ),
      ),
    ],
  ]);
}

const secretOf = ({ component }: ComponentDatabase) => `${component}-database`;

/**
 * Variables by name rather than the Secret as a whole: a container may have no
 * `envFrom` yet, and kustomize merges only lists whose items have names.
 */
function kustomizeComponent(
  database: ComponentDatabase,
  { container }: DatabaseEnvironment,
): object {
  const variables = Object.keys(connectionOf(database.component));
  return {
    apiVersion: 'kustomize.config.k8s.io/v1alpha1',
    kind: 'Component',
    resources: ['credentials.yaml', 'database.yaml'],
    patches: [
      {
        target: { kind: 'Deployment', name: database.component },
        patch: yaml({
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name: database.component },
          spec: {
            template: {
              spec: {
                containers: [
                  {
                    name: container,
                    env: variables.map(name => ({
                      name,
                      valueFrom: {
                        secretKeyRef: { name: secretOf(database), key: name },
                      },
                    })),
                  },
                ],
              },
            },
          },
        }),
      },
    ],
  };
}

function passwordGenerator(database: ComponentDatabase): object {
  return {
    apiVersion: 'generators.external-secrets.io/v1alpha1',
    kind: 'Password',
    metadata: { name: secretOf(database) },
    // Letters and digits only: it becomes part of a URL.
    spec: {
      length: 40,
      digits: 8,
      symbols: 0,
      noUpper: false,
      allowRepeat: true,
    },
  };
}

function pushSecret(
  database: ComponentDatabase,
  { name, secretStore }: DatabaseEnvironment,
): object {
  return {
    apiVersion: 'external-secrets.io/v1alpha1',
    kind: 'PushSecret',
    metadata: { name: secretOf(database) },
    spec: {
      // A password that is there stays, or the database would refuse it.
      updatePolicy: 'IfNotExists',
      deletionPolicy: 'None',
      refreshInterval: '1h0m0s',
      secretStoreRefs: [{ kind: 'ClusterSecretStore', name: secretStore }],
      selector: {
        generatorRef: {
          apiVersion: 'generators.external-secrets.io/v1alpha1',
          kind: 'Password',
          name: secretOf(database),
        },
      },
      data: [
        {
          match: {
            secretKey: 'password',
            remoteRef: {
              remoteKey: databaseSecretName(database, name),
              property: 'password',
            },
          },
        },
      ],
    },
  };
}

/** What the component finds in its environment; External Secrets fills it in. */
function connectionOf(component: string): Record<string, string> {
  const identifier = identifierOf(component);
  return {
    DATABASE_HOST: '{{ .host }}',
    DATABASE_PORT: '{{ .port }}',
    DATABASE_NAME: identifier,
    DATABASE_USER: identifier,
    DATABASE_PASSWORD: '{{ .password }}',
    DATABASE_URL: `postgresql://${identifier}:{{ .password }}@{{ .host }}:{{ .port }}/${identifier}?sslmode=require`,
  };
}

function connectionSecret(
  database: ComponentDatabase,
  { name, secretStore }: DatabaseEnvironment,
): IExternalSecret {
  const cluster = clusterSecretName(database, name);
  return {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name: secretOf(database) },
    spec: {
      refreshInterval: '1h0m0s',
      secretStoreRef: { kind: 'ClusterSecretStore', name: secretStore },
      target: {
        name: secretOf(database),
        creationPolicy: 'Owner',
        template: {
          data: connectionOf(database.component),
        },
      },
      data: [
        {
          secretKey: 'password',
          remoteRef: {
            key: databaseSecretName(database, name),
            property: 'password',
          },
        },
        ...['host', 'port'].map(property => ({
          secretKey: property,
          remoteRef: { key: cluster, property },
        })),
      ],
    },
  };
}

/** The SQL provider's objects belong to the whole cluster of Kubernetes. */
function clusterWide(
  { system, component }: ComponentDatabase,
  { name, cluster }: DatabaseEnvironment,
  forProvider: object,
  externalName: string,
  suffix = '',
): object {
  return {
    apiVersion: 'postgresql.sql.crossplane.io/v1alpha1',
    metadata: {
      name: `${system}-${name}-${component}${suffix}`,
      annotations: { 'crossplane.io/external-name': externalName },
    },
    spec: {
      // Data outlives the files that asked for it.
      deletionPolicy: 'Orphan',
      forProvider,
      providerConfigRef: { name: cluster },
    },
  };
}

function role(
  database: ComponentDatabase,
  environment: DatabaseEnvironment,
): object {
  return {
    kind: 'Role',
    ...clusterWide(
      database,
      environment,
      {
        privileges: { login: true },
        connectionLimit: database.connectionLimit,
        passwordSecretRef: {
          namespace: environment.namespace,
          name: secretOf(database),
          key: 'DATABASE_PASSWORD',
        },
      },
      identifierOf(database.component),
    ),
  };
}

function postgresDatabase(
  database: ComponentDatabase,
  environment: DatabaseEnvironment,
): object {
  const identifier = identifierOf(database.component);
  return {
    kind: 'Database',
    ...clusterWide(database, environment, { owner: identifier }, identifier),
  };
}

function postgresExtension(
  database: ComponentDatabase,
  environment: DatabaseEnvironment,
  extension: string,
): object {
  return {
    kind: 'Extension',
    ...clusterWide(
      database,
      environment,
      { extension, database: identifierOf(database.component) },
      extension,
      `-${extension.replaceAll('_', '-')}`,
    ),
  };
}
