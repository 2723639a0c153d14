package helm

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"fleetwright.dev/engine/manifest"
	"fleetwright.dev/engine/wire"
	"sigs.k8s.io/yaml"
)

// documentSeparator ends a document of helm's output.
var documentSeparator = regexp.MustCompile(`(?m)^---[ \t]*$`)

// trimmed are charts of which the corpus lacks subcharts, scripts or test templates that the real helm had before it: their
// goldens hold what cannot be rendered from what is there, or the reason of a later failure. test/conformance lists each.
var trimmed = map[string]bool{
	"VictoriaMetrics-victoria-metrics-distributed": true, "VictoriaMetrics-victoria-metrics-k8s-stack": true,
	"codecentric-keycloak": true, "grafana-loki-stack": true, "helm-keycloak": true, "helm-percona-xtradb-cluster": true,
	"spiffe-spiffe-step-ssh": true,
}

// clocks are places that hold the second of the render; two renders of a test fall into one.
var clocks = map[string]bool{"bitnami-argo-cd/16/data/admin.passwordMtime": true}

// faultKinds are the kinds of faults that stand for helm's reasons in cases.tsv.
var faultKinds = map[string]wire.Kind{
	"template-parse": wire.KindTemplate, "template-exec": wire.KindTemplate, "nil-pointer": wire.KindTemplate,
	"values-required": wire.KindTemplate, "library-chart": wire.KindChart, "missing-deps": wire.KindChart, "parse-yaml": wire.KindYAML,
	"schema": wire.KindSchema, "kube-version": wire.KindKubeVersion,
}

// TestEqualsGoldens compares the objects of each case of the corpus, in order, with those of what the real helm printed.
func TestEqualsGoldens(t *testing.T) {
	folder := corpusFolder(t)
	counts := map[string]int{}
	forEachChart(t, folder, func(t *testing.T, _ string, files map[string][]byte, rows []corpusCase) {
		chart, loadErr := Load(files)
		for _, row := range rows {
			options := Options{
				Release: corpusRelease, Capabilities: corpusCapabilities, SkipSchemaValidation: row.skipSchema,
				Values: row.values(t, folder, files),
			}
			rendered, err := []manifest.Rendered(nil), loadErr
			if err == nil {
				rendered, err = chart.Render(options)
			}
			if row.fails {
				counts["refused as helm does"]++
				checkReason(t, row, err)
				continue
			}
			if err != nil {
				t.Errorf("%s: %s", row.name, faultText(err))
				continue
			}
			if row.golden == "" {
				counts["without golden"]++
				continue
			}
			golden := goldenObjects(t, readGzip(t, filepath.Join(folder, row.golden)))
			ours := asObjects(t, rendered)
			moved, outcome := map[string]bool{}, "equal"
			if !row.deterministic {
				outcome = "equal but for what moves"
				again, err := chart.Render(options)
				if err != nil {
					t.Fatal(err)
				}
				moved = movedPlaces(t, row, ours, asObjects(t, again))
			}
			found := slices.DeleteFunc(differences(golden, ours, ""), func(place difference) bool {
				return moved[place.path] || clocks[row.chart+place.path]
			})
			if trimmed[row.chart] && len(found) > 0 {
				counts["without files that the golden needs"]++
				continue
			}
			counts[outcome]++
			for _, place := range found {
				t.Errorf("%s: %s", row.name, place)
			}
		}
	})
	t.Log(counts)
}

func checkReason(t *testing.T, row corpusCase, err error) {
	t.Helper()
	var fault *wire.Fault
	if !errors.As(err, &fault) {
		t.Errorf("%s: %v, but helm fails: %s", row.name, err, row.reason)
		return
	}
	class, _, _ := strings.Cut(row.reason, ":")
	if expected := faultKinds[class]; fault.Kind != expected && !(trimmed[row.chart] && fault.Kind == wire.KindChart) {
		t.Errorf("%s: %s, but helm fails: %s", row.name, faultText(err), row.reason)
	}
}

// movedPlaces are those at which two renders differ. They hold no more distinct values than distinct lines moved between two
// runs of helm.
func movedPlaces(t *testing.T, row corpusCase, first, second []any) map[string]bool {
	t.Helper()
	moved, values := map[string]bool{}, map[string]bool{}
	for _, place := range differences(first, second, "") {
		moved[place.path] = true
		values[fmt.Sprint(place.expected)] = true
	}
	lines := 0
	if match := movedLines.FindStringSubmatch(row.moved); match != nil {
		lines, _ = strconv.Atoi(match[1])
	}
	if len(values) == 0 || len(values) > lines {
		t.Errorf("%s: %d values move, of helm's %d lines", row.name, len(values), lines)
	}
	return moved
}

var movedLines = regexp.MustCompile(`\((\d+) lines\)`)

func asObjects(t *testing.T, rendered []manifest.Rendered) []any {
	t.Helper()
	objects := make([]any, 0, len(rendered))
	for _, entry := range rendered {
		text, err := json.Marshal(entry.Object.Fields())
		if err != nil {
			t.Fatal(err)
		}
		var object any
		if err := json.Unmarshal(text, &object); err != nil {
			t.Fatal(err)
		}
		objects = append(objects, object)
	}
	return objects
}

func faultText(err error) string {
	text, _ := json.Marshal(err)
	return string(text)
}

// goldenObjects reads helm's output; Lists are expanded, which is what applying them does.
func goldenObjects(t *testing.T, text string) []any {
	t.Helper()
	var objects []any
	for _, document := range documentSeparator.Split(text, -1) {
		var value any
		if err := yaml.Unmarshal([]byte(document), &value); err != nil {
			t.Fatalf("golden: %v", err)
		}
		if value != nil {
			objects = appendExpanded(objects, value)
		}
	}
	return objects
}

func appendExpanded(objects []any, value any) []any {
	fields, _ := value.(map[string]any)
	kind, _ := fields["kind"].(string)
	items, isList := fields["items"].([]any)
	if !isList || !strings.HasSuffix(kind, "List") {
		return append(objects, value)
	}
	for _, item := range items {
		objects = appendExpanded(objects, item)
	}
	return objects
}

// difference is a place at which two values differ.
type difference struct {
	path             string
	expected, actual any
}

func (found difference) String() string {
	return fmt.Sprintf("%s is %.80v, not %.80v", found.path, found.actual, found.expected)
}

func differences(expected, actual any, path string) []difference {
	switch expected := expected.(type) {
	case map[string]any:
		if actual, isMap := actual.(map[string]any); isMap {
			var found []difference
			keys := maps.Clone(expected)
			maps.Copy(keys, actual)
			for _, key := range slices.Sorted(maps.Keys(keys)) {
				left, inLeft := expected[key]
				right, inRight := actual[key]
				if inLeft != inRight {
					found = append(found, difference{path + "/" + key, left, right})
				} else {
					found = append(found, differences(left, right, path+"/"+key)...)
				}
			}
			return found
		}
	case []any:
		if actual, isList := actual.([]any); isList && len(actual) == len(expected) {
			var found []difference
			for place := range expected {
				found = append(found, differences(expected[place], actual[place], fmt.Sprintf("%s/%d", path, place))...)
			}
			return found
		}
	default:
		if reflect.DeepEqual(expected, actual) {
			return nil
		}
	}
	return []difference{{path, expected, actual}}
}
