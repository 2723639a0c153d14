package helm

import (
	"slices"
	"strings"

	"fleetwright.dev/engine/operation"
	"fleetwright.dev/engine/wire"
	helmchart "helm.sh/helm/v4/pkg/chart"
	"helm.sh/helm/v4/pkg/chart/common"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	chartutil "helm.sh/helm/v4/pkg/chart/v2/util"
)

// structure is a chart with its dependencies processed for some values: disabled subcharts removed, aliases made, values
// imported from subcharts. It is read only.
type structure struct {
	root   *chart.Chart
	charts []placedChart
	shape  *shape
}

// placedChart is a chart with its place in the structure.
type placedChart struct {
	chart *chart.Chart
	// path is upstream's ChartFullPath, which walks up to the root at each call.
	path     string
	parent   int
	metadata map[string]any
	files    chartFiles
}

// maxStructures bounds the structures of one chart that are kept.
const maxStructures = 8

// structureFor finds or makes the structure for these values. Upstream's processing copies all values several times, yet
// which subcharts there are depends on little of what a user gives: see structureKey.
func (loaded *Chart) structureFor(values map[string]any) (*structure, error) {
	key := structureKey(loaded.pristine, values)
	if known, found := loaded.structures[key]; found && key != "" {
		return known, nil
	}
	root := copyStructure(loaded.pristine)
	if err := chartutil.ProcessDependencies(root, values); err != nil {
		return nil, &operation.Fault{Kind: wire.KindValues, Message: "chart dependencies processing failed: " + err.Error()}
	}
	made := &structure{root: root, charts: chartsOf(root)}
	if key != "" {
		if len(loaded.structures) >= maxStructures {
			clear(loaded.structures)
		}
		loaded.structures[key] = made
	}
	return made, nil
}

// structureKey holds what processing dependencies looks at in a user's values: the tags, the values at the paths of
// conditions, and of each subchart's values whether they are a mapping. All the rest comes from the chart. Empty when the
// values have a type that is not understood.
func structureKey(root *chart.Chart, values map[string]any) string {
	read := map[string]bool{"tags": true}
	var kinds []string
	addConditions(root, nil, read, &kinds)
	printed := []byte{'k'}
	for _, place := range sortedNames(read) {
		value, missing := reach(values, strings.Split(place, "\x00"))
		printed = append(printed, missing...)
		if missing == "" {
			if printed = appendValue(printed, value, 0); printed == nil {
				return ""
			}
		}
	}
	for _, place := range kinds {
		value, missing := reach(values, strings.Split(place, "\x00"))
		if _, isMap := value.(map[string]any); isMap {
			missing = "m"
		}
		printed = append(append(printed, missing...), ';')
	}
	return summed(printed)
}

// addConditions collects, for a chart and its subcharts, the paths of conditions and the places of subcharts' values. A
// subchart has its name's place, and that of each alias.
func addConditions(current *chart.Chart, prefix []string, read map[string]bool, kinds *[]string) {
	for _, dependency := range current.Metadata.Dependencies {
		for condition := range strings.SplitSeq(strings.TrimSpace(dependency.Condition), ",") {
			if condition != "" {
				addCondition(append(slices.Clip(prefix), strings.Split(condition, ".")...), read)
			}
		}
	}
	for _, subchart := range current.Dependencies() {
		names := map[string]bool{subchart.Name(): true}
		for _, dependency := range current.Metadata.Dependencies {
			if dependency.Name == subchart.Name() && dependency.Alias != "" {
				names[dependency.Alias] = true
			}
		}
		for _, name := range sortedNames(names) {
			place := append(slices.Clip(prefix), name)
			// Processing hands a subchart all of its parent's values, so that it looks for its own subcharts at the top, too.
			*kinds = append(*kinds, placeKey(place), name)
			addConditions(subchart, place, read, kinds)
		}
	}
}

// addCondition notes the path of a condition. Globals are copied down into subcharts: what stands at `sub.global.x` may come
// from `global.x`.
func addCondition(path []string, read map[string]bool) {
	read[placeKey(path)] = true
	for place, name := range path {
		if name != common.GlobalKey {
			continue
		}
		for depth := range place {
			read[placeKey(append(slices.Clip(path[:depth]), path[place:]...))] = true
		}
	}
}

// copyStructure copies what ProcessDependencies changes: which subcharts there are, their metadata, and the reference to
// their values. Files and the values themselves are shared.
func copyStructure(original *chart.Chart) *chart.Chart {
	duplicate := *original
	metadata := *original.Metadata
	metadata.Dependencies = slices.Clone(metadata.Dependencies)
	for place, dependency := range metadata.Dependencies {
		copied := *dependency
		metadata.Dependencies[place] = &copied
	}
	duplicate.Metadata = &metadata
	dependencies := make([]*chart.Chart, 0, len(original.Dependencies()))
	for _, dependency := range original.Dependencies() {
		dependencies = append(dependencies, copyStructure(dependency))
	}
	duplicate.SetDependencies(dependencies...)
	return &duplicate
}

// chartsOf lists a chart and its subcharts, parents first.
func chartsOf(root *chart.Chart) []placedChart {
	return appendCharts(nil, root, root.Name(), -1)
}

func appendCharts(charts []placedChart, current *chart.Chart, path string, parent int) []placedChart {
	place := len(charts)
	charts = append(charts, placedChart{
		chart: current, path: path, parent: parent,
		metadata: metadataOf(current, parent < 0), files: newChartFiles(current.Files),
	})
	for _, dependency := range current.Dependencies() {
		charts = appendCharts(charts, dependency, path+"/charts/"+dependency.Name(), place)
	}
	return charts
}

func metadataOf(current *chart.Chart, isRoot bool) map[string]any {
	accessor, err := helmchart.NewAccessor(current)
	if err != nil {
		panic(err)
	}
	metadata := accessor.MetadataAsMap()
	metadata["IsRoot"] = isRoot
	return metadata
}

// scopesOf makes the dots of all charts of a structure, as upstream's recAllTpls does.
func scopesOf(charts []placedChart, top map[string]any) []map[string]any {
	scopes := make([]map[string]any, len(charts))
	for place, placed := range charts {
		scope := map[string]any{
			// Templates may write into it.
			"Chart":        copyOf(placed.metadata),
			"Files":        placed.files,
			"Release":      top["Release"],
			"Capabilities": top["Capabilities"],
			"Values":       common.Values{},
			"Subcharts":    map[string]any{},
		}
		if placed.parent < 0 {
			scope["Values"] = top["Values"]
		} else {
			parent := scopes[placed.parent]
			if values, err := common.Values(parent).Table("Values." + placed.chart.Name()); err == nil {
				scope["Values"] = values
			}
			parent["Subcharts"].(map[string]any)[placed.chart.Name()] = scope
		}
		scopes[place] = scope
	}
	return scopes
}
