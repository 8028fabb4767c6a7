import {
  coreExtensionData,
  createFrontendModule,
} from '@backstage/frontend-plugin-api';
import scaffolderPlugin from '@backstage/plugin-scaffolder/alpha';
import { FormFieldBlueprint } from '@backstage/plugin-scaffolder-react/alpha';
import { lazy, Suspense } from 'react';
import { Progress } from '@backstage/core-components';
import { Route, Routes } from 'react-router-dom';

const platformPicker = FormFieldBlueprint.make({
  name: 'platform-picker',
  params: {
    field: () => import('./fields/PlatformPicker').then(m => m.platformPicker),
  },
});

const environmentsPicker = FormFieldBlueprint.make({
  name: 'environments-picker',
  params: {
    field: () =>
      import('./fields/EnvironmentsPicker').then(m => m.environmentsPicker),
  },
});

const componentName = FormFieldBlueprint.make({
  name: 'component-name',
  params: {
    field: () => import('./fields/ComponentName').then(m => m.componentName),
  },
});

const environmentSizes = FormFieldBlueprint.make({
  name: 'environment-sizes',
  params: {
    field: () =>
      import('./fields/EnvironmentSizes').then(m => m.environmentSizes),
  },
});

const myGroupsPicker = scaffolderPlugin
  .getExtension('scaffolder-form-field:scaffolder/my-groups-picker')
  .override({
    params: {
      field: () => import('./fields/TeamPicker').then(m => m.teamPicker),
    },
  });

const ownedEntityPicker = scaffolderPlugin
  .getExtension('scaffolder-form-field:scaffolder/owned-entity-picker')
  .override({
    params: {
      field: () =>
        import('./fields/MyEntityPicker').then(m => m.myEntityPicker),
    },
  });

const Gallery = lazy(() =>
  import('./gallery/Gallery').then(m => ({ default: m.Gallery })),
);
const TemplateForm = lazy(() =>
  import('./form/TemplateForm').then(m => ({ default: m.TemplateForm })),
);
const RunPage = lazy(() =>
  import('./run/RunPage').then(m => ({ default: m.RunPage })),
);

// what is not replaced, such as the list of runs, stays as Backstage has it
const templatesPage = scaffolderPlugin
  .getExtension('sub-page:scaffolder/templates')
  .override({
    *factory(originalFactory) {
      yield* originalFactory();
      yield coreExtensionData.reactElement(
        <Suspense fallback={<Progress />}>
          <Routes>
            <Route index element={<Gallery />} />
            <Route path=":namespace/:templateName" element={<TemplateForm />} />
          </Routes>
        </Suspense>,
      );
    },
  });

const runsPage = scaffolderPlugin
  .getExtension('sub-page:scaffolder/tasks')
  .override({
    *factory(originalFactory) {
      const original = originalFactory();
      yield* original;
      yield coreExtensionData.reactElement(
        <Suspense fallback={<Progress />}>
          <Routes>
            <Route path=":taskId" element={<RunPage />} />
            <Route
              path="*"
              element={original.get(coreExtensionData.reactElement)}
            />
          </Routes>
        </Suspense>,
      );
    },
  });

// for those who look after templates; to others they are an empty page
const FOR_MAINTAINERS = {
  if: { permissions: { $contains: 'scaffolder.template.management' } },
};
const editorPage = scaffolderPlugin
  .getExtension('sub-page:scaffolder/editor')
  .override(FOR_MAINTAINERS);
const templatingExtensionsPage = scaffolderPlugin
  .getExtension('sub-page:scaffolder/templating-extensions')
  .override(FOR_MAINTAINERS);

/**
 * Self-service in the browser: the fields that a template's form asks with, the
 * gallery, the form, and the page of a run.
 *
 * @public
 */
export const scaffolderModulePlatformEnvs = createFrontendModule({
  pluginId: 'scaffolder',
  extensions: [
    platformPicker,
    environmentsPicker,
    componentName,
    environmentSizes,
    myGroupsPicker,
    ownedEntityPicker,
    templatesPage,
    runsPage,
    editorPage,
    templatingExtensionsPage,
  ],
});
