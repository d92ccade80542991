import { expect, test } from 'vitest';

import {
  writeConfigurationReference,
  writeErrorReference,
  writeMetricsReference,
} from './write-reference.ts';

test('docs/errors.md lists every error code as the source has it', async () => {
  await expect(await writeErrorReference()).toMatchFileSnapshot('../../docs/errors.md');
});

test('docs/configuration.md lists every option, its default and its meaning as the source has it', async () => {
  await expect(await writeConfigurationReference()).toMatchFileSnapshot('../../docs/configuration.md');
});

test('docs/metrics.md lists every metric as the source has it', async () => {
  await expect(await writeMetricsReference()).toMatchFileSnapshot('../../docs/metrics.md');
});
