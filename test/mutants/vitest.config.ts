// The tests as run.ts asks for them: one worker, the files in the order in which they were named, and what was transformed for one
// mutant kept for the next one (by content, so that a changed source is never taken from there).
import { mergeConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import config from '../vitest.config.ts';

class AsNamed extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number =>
      process.argv.findIndex((argument) => argument !== '' && moduleId.endsWith(argument));
    return [...files].sort((a, b) => place(a) - place(b));
  }
}

export default mergeConfig(config, {
  test: {
    retry: 0,
    maxWorkers: 1,
    sequence: { sequencer: AsNamed },
    experimental: { fsModuleCache: true, fsModuleCachePath: 'module-cache' },
  },
});
