import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { DetailView } from '../problem';

const ID = '7d1c2d5e-3f55-4a0a-9f0c-3c5b6d0f2a11';
const IMPORT_OUTCOMES = ['add', 'unchanged', 'duplicate', 'fault'] as const;
/** Rows that a report lists; the counts are of all. A row takes about 100 bytes, one with faults up to 1 kB. */
export const MAX_LISTED_ROWS = 1_000;
/** Faults that are told of one row; the first ones are enough to go on with. */
export const MAX_ROW_FAULTS = 10;

/** What becomes of one row. */
export class ImportRowView {
  @ApiProperty({ type: 'integer', example: 3, description: 'Which agreement, from 1; a CSV header is none.' })
  row: number;
  @ApiPropertyOptional({ type: 'integer', example: 4, description: 'Of CSV: the line on which it ends.' })
  line?: number;
  @ApiProperty({
    enum: IMPORT_OUTCOMES,
    example: 'unchanged',
    description:
      '`add`: it was not there. `unchanged`: one that says the same is there. `duplicate`: an earlier row says the same. `fault`: it cannot be read.',
  })
  outcome: (typeof IMPORT_OUTCOMES)[number];
  @ApiPropertyOptional({
    format: 'uuid',
    example: ID,
    description: 'Of `unchanged`: the one that is there. Of `add`: the one that was made; not in a dry run.',
  })
  id?: string;
  @ApiPropertyOptional({ type: 'integer', example: 1, description: 'Of `duplicate`: the earlier row.' })
  same_as_row?: number;
  @ApiPropertyOptional({
    type: [DetailView],
    description: `Of \`fault\`: the first ${MAX_ROW_FAULTS} things that are wrong.`,
  })
  faults?: DetailView[];
}

/** The same for a dry run and for an import. */
export class ImportReportView {
  @ApiProperty({ example: true, description: 'Nothing was changed: this is what would be.' })
  dry_run: boolean;
  @ApiProperty({ type: 'integer', example: 12, description: 'Agreements that were not there.' })
  added: number;
  @ApiProperty({ type: 'integer', example: 3, description: 'Agreements that say what is there already.' })
  unchanged: number;
  @ApiProperty({ type: 'integer', example: 0, description: 'Rows that say what an earlier row says.' })
  duplicates: number;
  @ApiProperty({
    type: 'integer',
    example: 0,
    description: 'Rows that cannot be read; as long as there are any, nothing is imported.',
  })
  faulty: number;
  @ApiProperty({
    type: [ImportRowView],
    description: `In the order of the list. Of more than ${MAX_LISTED_ROWS} those at fault are listed first, then the first of the others.`,
  })
  rows: ImportRowView[];
  @ApiProperty({ type: 'integer', example: 0, description: 'Rows that are counted, and not listed.' })
  rows_left_out: number;
}
