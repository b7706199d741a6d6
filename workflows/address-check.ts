import type { CheckAddressInput, CheckAddressResult } from '../activities/check/check-address-activity.ts'
import { checks } from './activities.ts'

/** `tranship address check`: the check runs on a worker, since that is who must reach the address. */
export const addressCheck = async (input: CheckAddressInput): Promise<CheckAddressResult> =>
  await checks(`${input.role} ${input.address}`).checkAddress(input)
