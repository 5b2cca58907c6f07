import { Type } from 'typebox'
import { defineJob } from './job.ts'

export const greet = defineJob('greet', Type.Object({ name: Type.String() }))
