import { Stack } from '@fairway/plugin-platform-envs-common';
import {
  DriftDetectionResult,
  StackPlace,
  StackSource,
} from '../ports/StackSource';

/**
 * Answers what the test put in, by `<account>/<region>`; throws the error that
 * it put in; waits until it is aborted for a place that is to hang.
 *
 * @public
 */
export class FakeStackSource implements StackSource {
  readonly answers = new Map<string, Stack[] | Error | 'hang'>();
  readonly calls: Array<{ method: string; place: StackPlace; id?: string }> =
    [];
  /** What each question after a detection is answered with, in turn; the last stays. */
  detections: DriftDetectionResult[] = [{ state: 'done', status: 'in-sync' }];

  async listStacks(
    place: StackPlace,
    { signal }: { signal: AbortSignal },
  ): Promise<Stack[]> {
    this.calls.push({ method: 'listStacks', place });
    const answer = this.answers.get(`${place.accountId}/${place.region}`) ?? [];
    if (answer instanceof Error) throw answer;
    if (answer === 'hang') {
      return new Promise((_, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason)),
      );
    }
    return answer;
  }

  async detectDrift(place: StackPlace, stackId: string): Promise<string> {
    this.calls.push({ method: 'detectDrift', place, id: stackId });
    return 'detection';
  }

  async getDriftDetection(
    place: StackPlace,
    detectionId: string,
  ): Promise<DriftDetectionResult> {
    this.calls.push({ method: 'getDriftDetection', place, id: detectionId });
    return this.detections.length > 1
      ? this.detections.shift()!
      : this.detections[0];
  }
}
