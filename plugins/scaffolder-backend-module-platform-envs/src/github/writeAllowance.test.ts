import { mockServices } from '@backstage/backend-test-utils';
import { awaitWriteAllowance } from './writeAllowance';

describe('awaitWriteAllowance', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('F37 lets no more through in a minute than GitHub takes, and says that others wait', async () => {
    const logger = mockServices.logger.mock();
    let through = 0;
    const write = () =>
      awaitWriteAllowance('git.example.com', logger).then(() => {
        through += 1;
      });
    Array.from({ length: 100 }, write);
    await jest.advanceTimersByTimeAsync(59_000);
    expect(through).toBe(72);
    expect(logger.info).toHaveBeenCalledTimes(28);
    expect(logger.info).toHaveBeenCalledWith(
      expect.stringContaining('git.example.com takes 72 writes a minute'),
    );
    await jest.advanceTimersByTimeAsync(2_000);
    expect(through).toBe(100);
  });

  it('counts each host by itself', async () => {
    const logger = mockServices.logger.mock();
    const full = Array.from({ length: 72 }, () =>
      awaitWriteAllowance('one.example.com', logger),
    );
    const other = awaitWriteAllowance('other.example.com', logger);
    await jest.advanceTimersByTimeAsync(10);
    await expect(Promise.all([...full, other])).resolves.toHaveLength(73);
    expect(logger.info).not.toHaveBeenCalled();
  });
});
