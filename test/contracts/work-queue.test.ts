import { describeQueuePlaces } from './queue-places.ts'
import { workQueueProperties } from './work-queue-model.ts'
import { workQueueContract } from './work-queue.ts'

describeQueuePlaces((newPlace) => {
  workQueueContract(newPlace)
  workQueueProperties(newPlace)
})
