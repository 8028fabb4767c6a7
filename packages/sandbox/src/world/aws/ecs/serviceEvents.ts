import { EcsStore } from './EcsStore';
import { DeploymentRecord, ServiceRecord, TaskRecord } from './records';

/** ECS shows the last hundred events of a service. */
const KEPT = 100;
/** A steady service says so again after this time. */
const STEADY_AGAIN_MS = 6 * 60 * 60 * 1000;

/**
 * Adds events to a service, in the words of ECS.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html
 */
export class ServiceEvents {
  constructor(private readonly store: EcsStore) {}

  started(service: ServiceRecord, tasks: TaskRecord[], at: Date): void {
    this.add(
      service,
      `has started ${tasks.length} tasks: ${tasks.map(named).join(' ')}.`,
      at,
    );
  }

  stopped(service: ServiceRecord, tasks: TaskRecord[], at: Date): void {
    this.add(
      service,
      `has stopped ${tasks.length} running tasks: ${tasks
        .map(named)
        .join(' ')}.`,
      at,
    );
  }

  targets(
    service: ServiceRecord,
    what: 'registered' | 'deregistered',
    count: number,
    at: Date,
  ): void {
    for (const { targetGroupArn } of service.loadBalancers) {
      this.add(
        service,
        `${what} ${count} targets in (target-group ${targetGroupArn})`,
        at,
      );
      if (what === 'deregistered') {
        this.add(
          service,
          `has begun draining connections on ${count} tasks.`,
          at,
        );
      }
    }
  }

  unhealthy(service: ServiceRecord, task: TaskRecord, at: Date): void {
    for (const { targetGroupArn, containerPort } of service.loadBalancers) {
      this.add(
        service,
        `(port ${containerPort}) is unhealthy in (target-group ${targetGroupArn}) due to (reason Health checks failed with these codes: [503]).`,
        at,
      );
    }
    if (service.loadBalancers.length === 0) {
      this.add(
        service,
        `(task ${task.id}) failed container health checks.`,
        at,
      );
    }
  }

  completed(
    service: ServiceRecord,
    deployment: DeploymentRecord,
    at: Date,
  ): void {
    this.add(
      service,
      `(deployment ${deployment.id}) deployment completed.`,
      at,
    );
  }

  failed(service: ServiceRecord, deployment: DeploymentRecord, at: Date): void {
    this.add(
      service,
      `(deployment ${deployment.id}) deployment failed: tasks failed to start.`,
      at,
    );
  }

  rollingBack(service: ServiceRecord, to: DeploymentRecord, at: Date): void {
    this.add(service, `rolling back to deployment ${to.id}.`, at);
  }

  impaired(service: ServiceRecord, at: Date): void {
    this.add(
      service,
      'is unable to consistently start tasks successfully. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.',
      at,
    );
  }

  steady(service: ServiceRecord, at: Date): void {
    this.add(service, 'has reached a steady state.', at);
  }

  /** Says for the hours since the last event what a steady service says every six. */
  repeatSteady(service: ServiceRecord, now: Date): void {
    const [newest] = service.events;
    if (!newest?.message.endsWith('has reached a steady state.')) {
      return;
    }
    let at = Date.parse(newest.createdAt) + STEADY_AGAIN_MS;
    for (; at <= now.getTime(); at += STEADY_AGAIN_MS) {
      this.steady(service, new Date(at));
    }
  }

  private add(service: ServiceRecord, what: string, at: Date) {
    service.events.unshift({
      id: uuid(this.store.nextId(`event/${service.name}`)),
      createdAt: at.toISOString(),
      message: `(service ${service.name}) ${what}`,
    });
    service.events.length = Math.min(service.events.length, KEPT);
  }
}

function named({ id }: TaskRecord): string {
  return `(task ${id})`;
}

/** 32 hexadecimal digits in the form of a UUID. */
export function uuid(hex: string): string {
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20, 32),
  ].join('-');
}
