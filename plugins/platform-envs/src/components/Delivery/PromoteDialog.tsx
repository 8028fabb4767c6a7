import { useRef, useState } from 'react';
import { useNavigate } from 'react-router-dom';
import { useApi, useRouteRef } from '@backstage/frontend-plugin-api';
import {
  Alert,
  Button,
  Dialog,
  DialogBody,
  DialogFooter,
  DialogHeader,
  Link,
  Skeleton,
  TextAreaField,
} from '@backstage/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { PromotionPlanPreview } from '@fairway/plugin-platform-envs-common';
import { platformEnvsApiRef } from '../../api';
import { queryKeys } from '../../hooks/queryKeys';
import { refName } from '../../model/refs';
import { promotionRouteRef } from '../../routes';
import { ErrorNotice } from '../ErrorNotice';
import { GateList } from '../GateList';
import { LineDiff } from '../LineDiff';
import { ReasonedButton } from '../Reason';
import { ReleaseLabel } from '../ReleaseLabel';
import styles from './Delivery.module.css';

/** Props of {@link PromoteDialog}. */
export interface PromoteDialogProps {
  componentRef: string;
  componentName: string;
  fromEnvironmentRef: string;
  toEnvironmentRef: string;
  fromName: string;
  toName: string;
  onClose: () => void;
}

function describePolicy(policy: PromotionPlanPreview['policy']): string {
  const { minApprovals, approverGroups } = policy;
  if (minApprovals === 0) return 'No approval is needed: it starts at once.';
  return `Needs ${minApprovals} approval${minApprovals === 1 ? '' : 's'} by ${
    approverGroups.map(refName).join(', ') || 'an approver'
  }${policy.excludeRequester ? ', not by you' : ''}.`;
}

function PlanView({ preview }: { preview: PromotionPlanPreview }) {
  const { plan, gates, policy } = preview;
  return (
    <>
      <div className={styles.planChange}>
        {plan.current ? (
          <ReleaseLabel release={plan.current} />
        ) : (
          <span className={styles.none}>nothing released</span>
        )}
        <span aria-hidden>→</span>
        <ReleaseLabel release={plan.release} />
      </div>
      <LineDiff plan={plan} />
      <section className={styles.section}>
        <h3 className={styles.heading}>Gates</h3>
        {gates.length > 0 ? (
          <GateList gates={gates} />
        ) : (
          <p className={styles.none}>No gate guards this environment.</p>
        )}
      </section>
      <p className={styles.none}>{describePolicy(policy)}</p>
    </>
  );
}

/** Shows what a promotion would write and asks for it, once. */
export function PromoteDialog(props: PromoteDialogProps) {
  const { componentRef, fromEnvironmentRef, toEnvironmentRef } = props;
  const api = useApi(platformEnvsApiRef);
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const promotionPath = useRouteRef(promotionRouteRef);
  const [reason, setReason] = useState('');
  // One dialog asks for one promotion, however often the button is hit.
  const idempotencyKey = useRef(window.crypto.randomUUID());
  const isSent = useRef(false);

  const target = { componentRef, fromEnvironmentRef, toEnvironmentRef };
  const preview = useQuery({
    queryKey: ['platform-envs-plan', target],
    queryFn: () => api.planPromotion(target),
    gcTime: 0,
    staleTime: 0,
    refetchOnWindowFocus: false,
  });
  const create = useMutation({
    mutationFn: () =>
      api.createPromotion({
        ...target,
        reason: reason.trim(),
        idempotencyKey: idempotencyKey.current,
      }),
    onSuccess: promotion => {
      queryClient.invalidateQueries({ queryKey: queryKeys.live });
      const path =
        promotionPath?.({ id: promotion.id }) ?? `/promotions/${promotion.id}`;
      navigate(path);
    },
    onError: () => {
      isSent.current = false;
    },
  });
  const submit = () => {
    if (isSent.current) return;
    isSent.current = true;
    create.mutate();
  };

  const isGated = (preview.data?.policy.minApprovals ?? 0) > 0;
  const existing = preview.data?.existingPromotionId;
  let refusal: string | undefined;
  if (!preview.data) refusal = preview.error ? 'There is no plan' : 'Planning';
  else if (reason.trim() === '') refusal = 'Write a reason first';

  return (
    <Dialog
      isOpen
      isDismissable={!create.isPending}
      onOpenChange={open => !open && props.onClose()}
      width="min(44rem, 94vw)"
    >
      <DialogHeader>
        {`Promote ${props.componentName} from ${props.fromName} to ${props.toName}`}
      </DialogHeader>
      <DialogBody>
        <div className={styles.dialog}>
          {preview.isPending && (
            <div
              role="status"
              aria-label="Planning the promotion"
              className={styles.dialog}
            >
              <Skeleton width="60%" height={20} />
              <Skeleton width="100%" height={76} />
              <Skeleton width="80%" height={48} />
            </div>
          )}
          {preview.error && (
            <ErrorNotice
              title="The promotion cannot be planned"
              error={preview.error}
              onRetry={preview.refetch}
            />
          )}
          {preview.data && <PlanView preview={preview.data} />}
          {existing && (
            <Alert
              status="info"
              icon
              title="The same promotion is already open"
              description={
                <Link href={promotionPath?.({ id: existing }) ?? '#'}>
                  Go to it
                </Link>
              }
            />
          )}
          {preview.data && (
            <TextAreaField
              label="Reason"
              secondaryLabel="Required"
              description="What it brings and what to watch. It is kept in the record."
              value={reason}
              onChange={setReason}
              maxLength={2000}
              rows={3}
            />
          )}
          {create.error && (
            <ErrorNotice
              title="The promotion was not requested"
              error={create.error}
            />
          )}
        </div>
      </DialogBody>
      <DialogFooter>
        <Button
          variant="secondary"
          size="small"
          onPress={props.onClose}
          isDisabled={create.isPending}
        >
          Cancel
        </Button>
        <ReasonedButton
          variant="primary"
          quiet
          reason={refusal}
          isPending={create.isPending}
          onPress={submit}
        >
          {isGated ? 'Request promotion' : `Promote to ${props.toName}`}
        </ReasonedButton>
      </DialogFooter>
    </Dialog>
  );
}
