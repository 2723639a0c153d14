package helm

import (
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"fleetwright.dev/engine/manifest"
	"sigs.k8s.io/yaml"
)

// documentSeparator ends a document of helm's output.
var documentSeparator = regexp.MustCompile(`(?m)^---[ \t]*$`)

// TestEqualsGoldens compares the objects of each case of the corpus, in order, with those of what the real helm printed.
func TestEqualsGoldens(t *testing.T) {
	folder := corpusFolder(t)
	counts := map[string]int{}
	forEachChart(t, folder, func(t *testing.T, name string, files map[string][]byte, rows []corpusCase) {
		ours, loadErr := Load(files)
		for _, row := range rows {
			var rendered []manifest.Rendered
			err := loadErr
			if err == nil {
				rendered, err = ours.Render(Options{
					Release: corpusRelease, Capabilities: corpusCapabilities, SkipSchemaValidation: row.skipSchema,
					Values: row.values(t, folder, files),
				})
			}
			switch {
			case row.fails && err == nil:
				t.Errorf("%s renders, but helm fails: %s", row.name, row.reason)
			case row.fails:
				counts["fail"]++
				t.Logf("FAIL-CLASS %s | %s | %s", row.name, row.reason, faultText(err))
			case err != nil:
				t.Errorf("%s: %s", row.name, faultText(err))
			case row.golden == "":
				counts["without golden"]++
			default:
				golden := goldenObjects(t, readGzip(t, filepath.Join(folder, row.golden)))
				difference := compareObjects(golden, rendered)
				if difference != "" && row.deterministic {
					t.Errorf("%s: %s", row.name, difference)
					counts["differs"]++
				} else if row.deterministic {
					counts["equal"]++
				} else {
					counts["random"]++
				}
			}
		}
	})
	t.Log(counts)
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

func compareObjects(golden []any, rendered []manifest.Rendered) string {
	for place := range max(len(golden), len(rendered)) {
		if place >= len(golden) {
			return fmt.Sprintf("object %d is not in the golden: %s %s", place, rendered[place].Object.Kind, rendered[place].Object.Name)
		}
		if place >= len(rendered) {
			text, _ := json.Marshal(golden[place])
			return fmt.Sprintf("object %d of the golden is absent: %.200s", place, text)
		}
		var actual any
		text, err := json.Marshal(rendered[place].Object.Fields())
		if err != nil {
			return err.Error()
		}
		if err := json.Unmarshal(text, &actual); err != nil {
			return err.Error()
		}
		if differing := differences(golden[place], actual, ""); len(differing) > 0 {
			return fmt.Sprintf("object %d, %s %s, differs at %v", place, rendered[place].Object.Kind, rendered[place].Object.Name, differing)
		}
	}
	return ""
}

// differences are the paths at which two values differ.
func differences(expected, actual any, path string) []string {
	switch expected := expected.(type) {
	case map[string]any:
		if actual, isMap := actual.(map[string]any); isMap {
			var paths []string
			keys := maps.Clone(expected)
			maps.Copy(keys, actual)
			for _, key := range slices.Sorted(maps.Keys(keys)) {
				left, inLeft := expected[key]
				right, inRight := actual[key]
				if inLeft != inRight {
					paths = append(paths, path+"/"+key)
				} else {
					paths = append(paths, differences(left, right, path+"/"+key)...)
				}
			}
			return paths
		}
	case []any:
		if actual, isList := actual.([]any); isList && len(actual) == len(expected) {
			var paths []string
			for place := range expected {
				paths = append(paths, differences(expected[place], actual[place], fmt.Sprintf("%s/%d", path, place))...)
			}
			return paths
		}
	default:
		if expected == actual {
			return nil
		}
	}
	return []string{fmt.Sprintf("%s (%.80v, not %.80v)", path, actual, expected)}
}
