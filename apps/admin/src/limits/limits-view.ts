import { ApiProperty } from '@nestjs/swagger';
import {
  customModulesIn,
  type PlatformRecord,
  type PlatformUsage,
  type RegistrationLimits,
  type StorageLimits,
} from '@app/hub';

const LIMIT_NAMES = ['parties', 'custom_modules', 'objects', 'stored_bytes'] as const;

class LimitView {
  @ApiProperty({ enum: LIMIT_NAMES, example: 'objects' }) name: (typeof LIMIT_NAMES)[number];
  @ApiProperty({ example: 'MAX_OBJECTS_PER_PLATFORM', description: 'The setting that raises it.' })
  setting: string;
  @ApiProperty({ type: 'integer', example: 12_000 }) used: number;
  @ApiProperty({ type: 'integer', example: 500_000 }) max: number;
}

export class LimitsView {
  @ApiProperty({ type: [LimitView] }) data: LimitView[];
}

/** What a platform has of each limited thing. */
export function limitsView(
  { parties, endpoints }: PlatformRecord,
  used: PlatformUsage,
  max: RegistrationLimits & StorageLimits,
): LimitsView {
  const view = (name: LimitView['name'], setting: string, has: number, most: number): LimitView => ({
    ...{ name, setting, used: has, max: most },
  });
  const held = parties.filter((party) => party.held).length;
  const custom = customModulesIn(endpoints.map(({ module }) => module));
  return {
    data: [
      view('parties', 'MAX_PARTIES_PER_PLATFORM', held, max.parties),
      view('custom_modules', 'MAX_CUSTOM_MODULES_PER_PLATFORM', custom, max.customModules),
      view('objects', 'MAX_OBJECTS_PER_PLATFORM', used.objects, max.objects),
      view('stored_bytes', 'MAX_STORED_BYTES_PER_PLATFORM', used.bytes, max.bytes),
    ],
  };
}
