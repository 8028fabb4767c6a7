import { stringifyEntityRef } from '@backstage/catalog-model';
import { Content, Link, Progress } from '@backstage/core-components';
import {
  BreadcrumbEntry,
  useApi,
  useRouteRef,
} from '@backstage/frontend-plugin-api';
import scaffolderPlugin from '@backstage/plugin-scaffolder/alpha';
import {
  scaffolderApiRef,
  SecretsContextProvider,
  useTemplateSecrets,
} from '@backstage/plugin-scaffolder-react';
import {
  useTemplateParameterSchema,
  Workflow,
} from '@backstage/plugin-scaffolder-react/alpha';
import { Alert, Text } from '@backstage/ui';
import { JsonValue } from '@backstage/types';
import { useRef, useState } from 'react';
import { useNavigate, useParams } from 'react-router-dom';
import { ReviewStep } from '../plan';
import { explainErrors } from './explainErrors';
import { explainRefusal } from './explainRefusal';
import { FieldErrors } from './FieldErrors';
import { FieldHelp } from './FieldHelp';
import styles from './TemplateForm.module.css';
import { useFormFields } from './useFormFields';

const COMPONENTS = { ReviewStepComponent: ReviewStep };

const FORM_PROPS = {
  EXPERIMENTAL_theme: 'bui',
  // one way to say what is wrong, not the browser's besides
  noHtml5Validate: true,
  focusOnFirstError: true,
  // each is said once, below its field
  showErrorList: false,
  templates: { FieldErrorTemplate: FieldErrors, FieldHelpTemplate: FieldHelp },
  transformErrors: explainErrors,
} as const;

/** The form of a template, up to the run that it starts. */
export function TemplateForm() {
  const { namespace = 'default', templateName = '' } = useParams();
  const templateRef = stringifyEntityRef({
    kind: 'Template',
    namespace,
    name: templateName,
  });
  const { manifest, error } = useTemplateParameterSchema(templateRef);
  return (
    <BreadcrumbEntry
      entry={{ label: manifest?.title ?? templateName, href: '.' }}
    >
      {error ? (
        <NoTemplate templateRef={templateRef} error={error} />
      ) : (
        <SecretsContextProvider>
          <Form
            key={templateRef}
            namespace={namespace}
            templateName={templateName}
            templateRef={templateRef}
          />
        </SecretsContextProvider>
      )}
    </BreadcrumbEntry>
  );
}

function Form(props: {
  namespace: string;
  templateName: string;
  templateRef: string;
}) {
  const { namespace, templateName, templateRef } = props;
  const scaffolderApi = useApi(scaffolderApiRef);
  const { secrets } = useTemplateSecrets();
  const navigate = useNavigate();
  const runPath = useRouteRef(scaffolderPlugin.routes.ongoingTask);
  const { data: fields, error } = useFormFields();
  const [refusal, setRefusal] = useState<string[]>();
  const isCreating = useRef(false);

  const create = async (values: Record<string, JsonValue>) => {
    // a second press before the first was answered would be a second run
    if (isCreating.current) return;
    isCreating.current = true;
    setRefusal(undefined);
    try {
      const { taskId } = await scaffolderApi.scaffold({
        templateRef,
        values,
        secrets,
      });
      navigate(runPath?.({ taskId }) ?? `/create/tasks/${taskId}`);
    } catch (e) {
      // only then: until the page of the run is there a press is still a second one
      isCreating.current = false;
      setRefusal(explainRefusal(e as Error));
    }
  };

  if (error) {
    return (
      <Content>
        <Alert
          status="danger"
          icon
          title="The fields of the form could not be loaded"
          description={`${error.message}. Reload the page.`}
        />
      </Content>
    );
  }
  if (!fields) return <Progress />;
  return (
    <div className={styles.form}>
      {refusal && (
        <div role="alert" className={styles.refusal}>
          <Alert
            status="danger"
            icon
            title="The run was not started, and nothing was created"
            description={
              <ul className={styles.reasons}>
                {refusal.map(line => (
                  <li key={line}>{line}</li>
                ))}
              </ul>
            }
          />
        </div>
      )}
      <Workflow
        namespace={namespace}
        templateName={templateName}
        onCreate={create}
        onError={e => <NoTemplate templateRef={templateRef} error={e} />}
        extensions={fields}
        formProps={FORM_PROPS as never}
        components={COMPONENTS}
      />
    </div>
  );
}

function NoTemplate(props: { templateRef: string; error?: Error }) {
  const gallery = useRouteRef(scaffolderPlugin.routes.root);
  return (
    <Content>
      <div role="alert">
        <Text as="h2" variant="title-small">
          {props.templateRef} cannot be opened
        </Text>
        <Text as="p">
          Either there is no such template, or it is not for you.{' '}
          {props.error?.message}
        </Text>
        <Link to={gallery?.() ?? '/create'}>All templates</Link>
      </div>
    </Content>
  );
}
