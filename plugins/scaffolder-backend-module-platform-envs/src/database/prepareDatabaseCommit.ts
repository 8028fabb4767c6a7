import { parseEntityRef } from '@backstage/catalog-model';
import { InputError } from '@backstage/errors';
import {
  beginComponentCommit,
  ComponentCommitOptions,
} from '../gitops/beginComponentCommit';
import { assertSafeOverlay } from '../gitops/lintOverlayFiles';
import { AddFilesOptions } from '../github/addFilesInOneCommit';
import { PlatformEnvironment } from '../platform/readPlatform';
import { findContainer } from './findContainer';
import { includeComponent } from './includeComponent';
import { DATABASE_FOLDER, renderDatabase } from './renderDatabase';
import { renderDatabaseEntity } from './renderDatabaseEntity';
import { ComponentDatabase, DatabaseEnvironment } from './types';

/** Options of {@link prepareDatabaseCommit}. */
export interface DatabaseCommitOptions extends ComponentCommitOptions {
  /** Those that it is made in, in promotion order. */
  environments: PlatformEnvironment[];
  database: ComponentDatabase;
}

/** What {@link prepareDatabaseCommit} found out. */
export interface DatabaseCommit {
  change: AddFilesOptions;
  environments: DatabaseEnvironment[];
  /** Where a person sees the GitOps repository. */
  webUrl: string;
  /** Path of the catalog entry in it. */
  entityPath: string;
}

/**
 * The commit that gives a component a database in the chosen environments.
 * Nothing is written.
 *
 * @throws InputError - an environment is not on Kubernetes, or names no
 *   database cluster; the message names the environment and the key.
 */
export async function prepareDatabaseCommit(
  options: DatabaseCommitOptions,
): Promise<DatabaseCommit> {
  const { database } = options;
  const { path } = options.platform.gitops;
  const at = (...parts: string[]) => [path, ...parts].filter(Boolean).join('/');
  const { component } = database;
  // What is wrong with the platform is told before anything is asked.
  options.environments.forEach(environment =>
    toDatabaseEnvironment(environment, '', component),
  );
  const begun = await beginComponentCommit(component, options);
  const { client, owner, repo, branch } = begun;
  const container = await findContainer({
    client,
    owner,
    repo,
    branch,
    path: at('base', component, 'deployment.yaml'),
    component,
  });
  const environments = options.environments.map(environment =>
    toDatabaseEnvironment(
      environment,
      at('overlays', environment.shortName, component),
      container,
    ),
  );
  const entityPath = at('catalog', `${component}-database.yaml`);
  const files = new Map([
    ...environments.flatMap(environment => [
      ...renderDatabase(database, environment),
    ]),
    [entityPath, renderDatabaseEntity(database, environments)] as const,
  ]);
  assertSafeOverlay(files, path);
  const { data: repository } = await client.rest.repos.get({ owner, repo });
  return {
    environments,
    entityPath,
    webUrl: repository.html_url,
    change: {
      ...begun,
      subject: `Give ${component} a database in ${environments
        .map(({ name }) => name)
        .join(', ')}`,
      files,
      edits: new Map(
        environments.map(({ overlay }) => {
          const file = `${overlay}/kustomization.yaml`;
          return [
            file,
            (text: string) => includeComponent(text, DATABASE_FOLDER, file),
          ];
        }),
      ),
    },
  };
}

function toDatabaseEnvironment(
  environment: PlatformEnvironment,
  overlay: string,
  container: string,
): DatabaseEnvironment {
  const { ref, runtime, namespace, databaseRef, secretStore } = environment;
  if (runtime !== 'eks' || !namespace) {
    throw new InputError(
      `${ref} does not run on Kubernetes, where this template makes databases: choose other environments, or write the database into the Terraform of the platform`,
    );
  }
  if (!databaseRef) {
    throw new InputError(
      `${ref} names no database cluster: add spec.database to the entity, or leave the environment out`,
    );
  }
  return {
    name: environment.shortName,
    overlay,
    container,
    namespace,
    secretStore,
    databaseRef,
    cluster: parseEntityRef(databaseRef).name,
    secretsIn: `${environment.accountId ?? environment.shortName}/${
      environment.primaryRegion ?? ''
    }`,
  };
}
