/**
 * One component in one environment: what resource permissions of this plugin
 * are decided on.
 *
 * @public
 */
export interface PromotionTarget {
  /** Full entity ref. */
  componentRef: string;
  /** Full entity ref. */
  environmentRef: string;
}

/**
 * The resource ref of a target, `<component ref>@<environment ref>`. Entity
 * refs cannot contain an `@`.
 *
 * @public
 */
export function stringifyPromotionTarget(target: PromotionTarget): string {
  return `${target.componentRef}@${target.environmentRef}`;
}

/**
 * The resource ref of an environment as such, with nothing in particular that
 * runs there: it stands in the place of the component too.
 *
 * @public
 */
export function stringifyEnvironmentTarget(environmentRef: string): string {
  return stringifyPromotionTarget({
    componentRef: environmentRef,
    environmentRef,
  });
}

/** Reads a resource ref; undefined when it is none. @public */
export function parsePromotionTarget(
  resourceRef: string,
): PromotionTarget | undefined {
  const [componentRef, environmentRef, ...rest] = resourceRef.split('@');
  if (!componentRef || !environmentRef || rest.length) return undefined;
  return { componentRef, environmentRef };
}
