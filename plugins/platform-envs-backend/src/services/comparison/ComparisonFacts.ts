import {
  DeliveryCell,
  EnvironmentSummary,
} from '@fairway/plugin-platform-envs-common';
import { Deployment } from '@fairway/plugin-platform-envs-node';
import { ComponentSource } from '../commits/sourceOf';
import { DesiredFile, RepositoryState } from '../DesiredState';

/** What the board knows, as far as a comparison needs it. */
export interface ComparisonFacts {
  /** @throws NotFoundError - the component does not run there. */
  getCell(componentRef: string, environmentRef: string): DeliveryCell;
  /** @throws NotFoundError - the catalog has no such environment. */
  getEnvironment(environmentRef: string): EnvironmentSummary;
  /** @throws NotFoundError - nobody says where its desired state is kept. */
  getDesiredFile(componentRef: string, environmentRef: string): DesiredFile;
  getRepository(
    repository: string,
    branch: string,
  ): RepositoryState | undefined;
  getDeployment(
    componentRef: string,
    environmentRef: string,
  ): Deployment | undefined;
  /** Where a component's source is; undefined when its entry names none. */
  getComponentSource(componentRef: string): ComponentSource | undefined;
}
