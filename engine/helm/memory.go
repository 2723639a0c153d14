package helm

import "sync"

// generations keeps values by text within a bound of bytes, in two generations: when the young one is half of the bound,
// the old one is dropped and they change places, so that what is used stays.
type generations[Value any] struct {
	mutex      sync.Mutex
	young, old map[string]weighed[Value]
	youngBytes int
	limitBytes int
}

type weighed[Value any] struct {
	value Value
	bytes int
}

func newGenerations[Value any](limitBytes int) *generations[Value] {
	return &generations[Value]{young: map[string]weighed[Value]{}, limitBytes: limitBytes}
}

func (kept *generations[Value]) find(key string) (Value, bool) {
	kept.mutex.Lock()
	defer kept.mutex.Unlock()
	if entry, found := kept.young[key]; found {
		return entry.value, true
	}
	entry, found := kept.old[key]
	if found {
		kept.insert(key, entry)
	}
	return entry.value, found
}

func (kept *generations[Value]) keep(key string, value Value, bytes int) {
	kept.mutex.Lock()
	defer kept.mutex.Unlock()
	kept.insert(key, weighed[Value]{value, bytes + len(key)})
}

func (kept *generations[Value]) insert(key string, entry weighed[Value]) {
	if kept.youngBytes+entry.bytes > kept.limitBytes/2 {
		kept.old, kept.young, kept.youngBytes = kept.young, map[string]weighed[Value]{}, 0
	}
	kept.young[key] = entry
	kept.youngBytes += entry.bytes
}
