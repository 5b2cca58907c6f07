/** What people are told: devices, pushes, offers. */
import type { FastifyInstance } from 'fastify'
import type { CronEntry } from '../../../platform/jobs/cron.ts'
import type { Task } from '../../../platform/jobs/job.ts'
import { deviceRoutes } from '../devices/device.routes.ts'
import { campaignRoutes } from '../offers/campaign.routes.ts'
import { offerCron, offerTasks } from '../offers/offer.jobs.ts'
import { offerRoutes } from '../offers/offer.routes.ts'
import { pushCron, pushTasks } from '../push/push.jobs.ts'
import { pushRoutes } from '../push/push.routes.ts'
import { tellTasks } from '../push/tell.jobs.ts'
import type { Store } from '../store.ts'

export function messageRoutes(scope: FastifyInstance, store: Store): void {
  deviceRoutes(scope, store)
  pushRoutes(scope, store)
  offerRoutes(scope, store)
  campaignRoutes(scope, store)
}

export function messageTasks(store: Store): readonly Task[] {
  return [...pushTasks(store), ...tellTasks(store), ...offerTasks(store)]
}

export const messageCron: readonly CronEntry[] = [...pushCron, ...offerCron]
