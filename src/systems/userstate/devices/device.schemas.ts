import { Type } from 'typebox'
import { oneOf } from '../../../platform/http/schemas.ts'

export const FcmId = Type.String({
  minLength: 1,
  maxLength: 255,
  description: 'the device’s registration token',
})
export const Platform = oneOf(['web', 'android', 'ios'])
