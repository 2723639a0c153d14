package helm

import (
	"cmp"
	"encoding/json"
	"math/rand"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"fleetwright.dev/engine/manifest"
	"helm.sh/helm/v4/pkg/chart/common"
)

// TestValuesMethodsAreKnown: a method of .Values that is not known here would be taken for a key that is absent.
func TestValuesMethodsAreKnown(t *testing.T) {
	values := reflect.TypeFor[common.Values]()
	for index := range values.NumMethod() {
		if name := values.Method(index).Name; !valuesMethods[name] {
			t.Errorf("common.Values has a method %s", name)
		}
	}
}

// TestKeptDocumentsFollowTheirInputs changes one input of a chart at a time, a value or something of the release or the
// cluster, and compares what is rendered with what earlier renders left behind against a render that remembers nothing.
// FLEETWRIGHT_CHANGES says how many changes a chart gets.
func TestKeptDocumentsFollowTheirInputs(t *testing.T) {
	folder := corpusFolder(t)
	changes, err := strconv.Atoi(cmp.Or(os.Getenv("FLEETWRIGHT_CHANGES"), "2"))
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewSource(7))
	remembered := known
	defer func() { known = remembered }()
	compared, differing := 0, 0
	forEachChart(t, folder, func(t *testing.T, _ string, files map[string][]byte, rows []corpusCase) {
		chart, err := Load(files)
		if err != nil || !slices.ContainsFunc(rows, func(row corpusCase) bool { return row.deterministic && row.name == "default" }) {
			return
		}
		plain := Options{Release: corpusRelease, Capabilities: corpusCapabilities, SkipSchemaValidation: true}
		first, err := chart.Render(plain)
		if err != nil {
			t.Fatal(err)
		}
		var leaves [][]string
		leaves = leafPlaces(chart.pristine.Values, nil, leaves)
		for round := range changes + 4 {
			options := plain
			changed := ""
			switch {
			case round == 0:
				options.Release.Name, changed = "other", "the release's name"
			case round == 1:
				options.Release.Namespace, changed = "elsewhere", "the release's namespace"
			case round == 2:
				options.Capabilities.KubeVersion, changed = "1.29.3", "the cluster's version"
			case round == 3:
				options.Capabilities.APIVersions = append(slices.Clone(defaultAPIVersions),
					"monitoring.coreos.com/v1", "cert-manager.io/v1", "monitoring.coreos.com/v1/ServiceMonitor")
				changed = "the cluster's API"
			case len(leaves) > 0:
				place := leaves[random.Intn(len(leaves))]
				options.Values, changed = changedValue(chart.pristine.Values, place), strings.Join(place, ".")
			}
			kept, keptErr := chart.Render(options)
			known = newGenerations[knownFile](1 << 30)
			forgetful := &Chart{
				pristine: chart.pristine, structures: map[string]*structure{}, shapes: chart.shapes,
				schemas: map[string]*schema{}, crds: map[crdFile][]entry{},
			}
			fresh, freshErr := forgetful.Render(options)
			known = remembered
			if (keptErr == nil) != (freshErr == nil) {
				t.Errorf("%s: %v, but afresh %v", changed, keptErr, freshErr)
				continue
			}
			compared++
			if !slices.Equal(summary(fresh), summary(kept)) {
				t.Errorf("%s: what is remembered differs from what is rendered afresh", changed)
			}
			if keptErr == nil && !slices.Equal(summary(first), summary(kept)) {
				differing++
			}
		}
	})
	t.Logf("%d changes compared, %d of which changed the result", compared, differing)
}

func leafPlaces(value any, place []string, leaves [][]string) [][]string {
	fields, isMap := value.(map[string]any)
	if !isMap || len(fields) == 0 {
		return append(leaves, place)
	}
	for _, key := range sortedNames(fields) {
		leaves = leafPlaces(fields[key], append(slices.Clip(place), key), leaves)
	}
	return leaves
}

// changedValue is a values document that gives another value to one leaf.
func changedValue(values map[string]any, place []string) string {
	if len(place) == 0 {
		return ""
	}
	var leaf any = values
	for _, key := range place {
		leaf = leaf.(map[string]any)[key]
	}
	switch known := leaf.(type) {
	case bool:
		leaf = !known
	case float64:
		leaf = known + 1
	case string:
		leaf = known + "x"
	case []any:
		leaf = append(slices.Clone(known), "added")
	case map[string]any:
		leaf = map[string]any{"added": "value"}
	default:
		leaf = "given"
	}
	for _, key := range slices.Backward(place) {
		leaf = map[string]any{key: leaf}
	}
	text, _ := json.Marshal(leaf)
	return string(text)
}

func summary(rendered []manifest.Rendered) []string {
	var lines []string
	for _, object := range rendered {
		hook, _ := json.Marshal(object.Hook)
		lines = append(lines, object.Source+" "+string(hook)+" "+object.Object.Digest())
	}
	return lines
}
