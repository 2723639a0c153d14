package helm

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fleetwright.dev/engine/wire"
	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	chartutil "helm.sh/helm/v4/pkg/chart/v2/util"
	"helm.sh/helm/v4/pkg/engine"
	releaseutil "helm.sh/helm/v4/pkg/release/v1/util"
)

var (
	corpusRelease      = wire.Release{Name: "rel", Namespace: "test"}
	corpusCapabilities = wire.Capabilities{KubeVersion: "1.33.0"}
)

// TestEqualsUpstreamEngine holds this engine to upstream's: for every chart and case of the corpus that renders, each file's
// text is equal to that of engine.Render, and what helm would print of it has the sum that the real helm's output has.
func TestEqualsUpstreamEngine(t *testing.T) {
	folder := corpusFolder(t)
	onDisk := t.TempDir()
	var compared, random int
	forEachChart(t, folder, func(t *testing.T, name string, files map[string][]byte, rows []corpusCase) {
		chartFolder := filepath.Join(onDisk, name)
		writeFolder(t, chartFolder, files)
		ours, err := Load(files)
		if err != nil {
			t.Fatalf("load: %v", err)
		}
		for _, row := range rows {
			if row.fails {
				continue
			}
			theirs, err := loader.LoadDir(chartFolder)
			if err != nil {
				t.Fatal(err)
			}
			values := row.values(t, folder, files)
			expected, err := upstreamRender(theirs, values, row.skipSchema)
			if err != nil {
				t.Fatalf("%s: upstream: %v", row.name, err)
			}
			actual, drew, printed, err := ours.texts(Options{
				Release: corpusRelease, Capabilities: corpusCapabilities, Values: values, SkipSchemaValidation: row.skipSchema,
			})
			if err != nil {
				t.Errorf("%s: %v", row.name, err)
				continue
			}
			if row.deterministic {
				drew = nil
			}
			compareTexts(t, row.name, expected, actual, drew)
			compared++
			if !row.deterministic {
				random++
				continue
			}
			if sum := sha256.Sum256([]byte(printed)); hex.EncodeToString(sum[:])[:16] != row.sha256 {
				t.Errorf("%s: what helm would print of it is not what helm printed", row.name)
			}
		}
	})
	t.Logf("%d cases compared with upstream, %d of them but for files that draw; the others with the sum of helm's output", compared, random)
}

func compareTexts(t *testing.T, row string, expected, actual map[string]string, drew map[string]bool) {
	t.Helper()
	for name, text := range expected {
		if actual[name] != text && !drew[name] {
			t.Errorf("%s: %s differs\nupstream: %s\nours:     %s", row, name, firstDifference(text, actual[name]), firstDifference(actual[name], text))
		}
	}
	for name := range actual {
		if _, found := expected[name]; !found {
			t.Errorf("%s: %s is no file of upstream's", row, name)
		}
	}
}

func firstDifference(text, other string) string {
	place := 0
	for place < len(text) && place < len(other) && text[place] == other[place] {
		place++
	}
	return fmt.Sprintf("at %d: %q", place, text[max(0, place-60):min(len(text), place+60)])
}

// texts executes without what is kept between renders, so that every file is compared. Beside the texts it tells which files
// read randomness or the clock, and what `helm template` prints of them all.
func (loaded *Chart) texts(options Options) (texts map[string]string, drew map[string]bool, printed string, err error) {
	loaded.mutex.Lock()
	defer loaded.mutex.Unlock()
	ready, err := loaded.prepare(options)
	if err != nil {
		return nil, nil, "", err
	}
	texts, drew = map[string]string{}, map[string]bool{}
	err = ready.attached(func() error {
		for place := range ready.shape.files {
			ready.run.begin()
			file := &ready.shape.files[place]
			ready.run.scopes[file.chart]["Template"] = common.Values{"Name": file.name, "BasePath": file.basePath}
			if texts[file.name], err = ready.execute(file); err != nil {
				return err
			}
			drew[file.name] = ready.run.drew
		}
		return nil
	})
	if err != nil {
		return nil, nil, "", err
	}
	printed, err = asPrinted(ready.charts[0].chart.CRDObjects(), texts)
	return texts, drew, printed, err
}

// asPrinted is the output of `helm template --include-crds`.
func asPrinted(crds []chart.CRD, files map[string]string) (string, error) {
	manifestFiles := map[string]string{}
	for name, text := range files {
		if !strings.HasSuffix(name, "NOTES.txt") {
			manifestFiles[name] = text
		}
	}
	hooks, manifests, err := releaseutil.SortManifests(manifestFiles, nil, releaseutil.InstallOrder)
	if err != nil {
		return "", err
	}
	var release, printed strings.Builder
	for _, crd := range crds {
		fmt.Fprintf(&release, "---\n# Source: %s\n%s\n", crd.Filename, crd.File.Data)
	}
	for _, manifest := range manifests {
		fmt.Fprintf(&release, "---\n# Source: %s\n%s\n", manifest.Name, manifest.Content)
	}
	fmt.Fprintln(&printed, strings.TrimSpace(release.String()))
	for _, hook := range hooks {
		fmt.Fprintf(&printed, "---\n# Source: %s\n%s\n", hook.Path, hook.Manifest)
	}
	return printed.String(), nil
}

// upstreamRender goes through the steps of helm's install action.
func upstreamRender(theirs *chart.Chart, values string, skipSchema bool) (map[string]string, error) {
	given, err := loader.LoadValues(strings.NewReader(values))
	if err != nil {
		return nil, err
	}
	if err := chartutil.ProcessDependencies(theirs, given); err != nil {
		return nil, err
	}
	capabilities, err := capabilitiesOf(corpusCapabilities)
	if err != nil {
		return nil, err
	}
	top, err := util.ToRenderValuesWithSchemaValidation(theirs, given, releaseOf(corpusRelease), capabilities, skipSchema)
	if err != nil {
		return nil, err
	}
	return engine.Render(theirs, top)
}

// forEachChart runs a subtest for each chart of the corpus, with its rows.
func forEachChart(t *testing.T, folder string, run func(*testing.T, string, map[string][]byte, []corpusCase)) {
	byChart := map[string][]corpusCase{}
	var names []string
	for _, row := range chartCases(t, folder) {
		if byChart[row.chart] == nil {
			names = append(names, row.chart)
		}
		byChart[row.chart] = append(byChart[row.chart], row)
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) { run(t, name, chartFilesOf(t, folder, name), byChart[name]) })
	}
}

func writeFolder(t *testing.T, folder string, files map[string][]byte) {
	t.Helper()
	for path, content := range files {
		target := filepath.Join(folder, path)
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(target, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
