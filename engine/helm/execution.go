package helm

import (
	"reflect"

	"fleetwright.dev/engine/wire"
	"helm.sh/helm/v4/pkg/chart/common"
)

// execution is the state of one render of one chart.
type execution struct {
	cluster      *cluster
	capabilities *common.Capabilities
	scopes       []map[string]any
	// These are about the file that is being executed: it read randomness or the clock, changed a map that other files see,
	// or looked something up.
	drew, wrote bool
	looked      []wire.Lookup
	// shared are the maps that files see in common, made on the first write of any file.
	shared map[uintptr]struct{}
	// digests are those of values in scopes, by the numbers of their places; see reads.
	digests  []string
	places   *places
	versions map[string]bool
}

// write notes that a map is about to be changed.
func (run *execution) write(target map[string]any) {
	run.wrote = run.wrote || run.isShared(target)
}

// merge notes a merge into target. Merging puts the sources' own maps into target where it has none, so that a later source
// is merged into an earlier one's: this happens even to an empty target.
func (run *execution) merge(target map[string]any, sources []map[string]any) {
	run.wrote = run.wrote || run.isShared(target) || run.mergesIntoShared(target, sources)
}

// mergesIntoShared tells whether two of the maps hold a map under the same key, the first of which is shared.
func (run *execution) mergesIntoShared(target map[string]any, sources []map[string]any) bool {
	for place, source := range sources {
		for key, value := range source {
			incoming, isMap := value.(map[string]any)
			if !isMap || len(incoming) == 0 {
				continue
			}
			for _, earlier := range append([]map[string]any{target}, sources[:place]...) {
				if present, isMap := earlier[key].(map[string]any); isMap && run.holdsShared(present) {
					return true
				}
			}
		}
	}
	return false
}

func (run *execution) holdsShared(value any) bool {
	switch value := value.(type) {
	case map[string]any:
		if run.isShared(value) {
			return true
		}
		for _, field := range value {
			if run.holdsShared(field) {
				return true
			}
		}
	case []any:
		for _, item := range value {
			if run.holdsShared(item) {
				return true
			}
		}
	}
	return false
}

// begin makes ready for the next file.
func (run *execution) begin() {
	if run.wrote {
		// What was derived from the scopes is about how they were.
		run.shared = nil
		run.digests = run.digests[:0]
	}
	run.drew, run.wrote, run.looked = false, false, nil
}

func (run *execution) isShared(target map[string]any) bool {
	if run.shared == nil {
		run.shared = map[uintptr]struct{}{}
		for _, scope := range run.scopes {
			run.share(scope)
		}
	}
	_, found := run.shared[reflect.ValueOf(target).Pointer()]
	return found
}

func (run *execution) share(value any) {
	switch value := value.(type) {
	case common.Values:
		run.share(map[string]any(value))
	case map[string]any:
		address := reflect.ValueOf(value).Pointer()
		if _, seen := run.shared[address]; seen {
			return
		}
		run.shared[address] = struct{}{}
		for _, field := range value {
			run.share(field)
		}
	case []any:
		for _, item := range value {
			run.share(item)
		}
	}
}
