import { describeQueuePlaces } from './queue-places.ts'
import { stateStoreContract } from './state-store.ts'

describeQueuePlaces(stateStoreContract)
