import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayUnique, IsArray } from 'class-validator';
import { IsHost } from '../rules';

/** A platform with more hosts than this needs a proxy of its own in front of them. */
const MAX_HOSTS = 20;

/** Hosts besides those of a platform's registered URLs; the whole list. */
export class AllowedHosts {
  @ApiProperty({
    type: [String],
    maxItems: MAX_HOSTS,
    example: ['callbacks.example.com', 'pages.example.com:8443'],
    description:
      'Host, or host and port; the port is 443 when left out. An empty list allows no further ones.',
  })
  @IsArray()
  @ArrayMaxSize(MAX_HOSTS)
  @ArrayUnique()
  @IsHost({ each: true })
  hosts: string[];
}
