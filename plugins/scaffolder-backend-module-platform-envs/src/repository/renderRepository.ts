import { renderAlertRules } from './renderAlertRules';
import { renderCatalogInfo } from './renderCatalogInfo';
import { renderDashboard } from './renderDashboard';
import { renderDeliverWorkflow } from './renderDeliverWorkflow';
import { renderDocsIndex, renderMkdocs, renderRunbook } from './renderDocs';
import {
  renderCodeowners,
  renderDependabot,
  renderEditorconfig,
} from './renderHousekeeping';
import { isDeployed, RepositoryComponent } from './types';

/**
 * What every repository of a platform has, by path with `/`, in a fixed order.
 * A component that is not deployed has no delivery, runbook or alerts. The same
 * input gives the same bytes.
 *
 * @throws as the renderers.
 */
export function renderRepository(
  component: RepositoryComponent,
): Map<string, string> {
  return new Map([
    ['.editorconfig', renderEditorconfig(component)],
    ['.github/CODEOWNERS', renderCodeowners(component)],
    ['.github/dependabot.yml', renderDependabot(component)],
    ['catalog-info.yaml', renderCatalogInfo(component)],
    ['docs/index.md', renderDocsIndex(component)],
    ['mkdocs.yml', renderMkdocs(component)],
    ...(isDeployed(component)
      ? ([
          ['.github/workflows/deliver.yml', renderDeliverWorkflow(component)],
          ['docs/runbook.md', renderRunbook(component)],
          ['observability/alerts.yaml', renderAlertRules(component)],
          ['observability/dashboard.json', renderDashboard(component)],
        ] as const)
      : []),
  ]);
}
