// The shape in which the vectors of this folder are listed.
import type { HeaderInfo } from '../../../src/wire/header.ts';
import type { Vector } from '../../support/header-contract.ts';

export type HeaderVector = readonly [title: string, header: HeaderInfo, vector: Vector];
