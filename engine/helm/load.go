// Package helm renders charts as `helm template` does, over upstream's chart loading, values and text/template, but keeps
// between renders what does not change: parsed templates, compiled value schemas, and the documents of a template file whose
// inputs were met before. Upstream's engine.Render parses a chart's templates at each call, which is most of its time.
package helm

import (
	"bytes"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"time"

	"fleetwright.dev/engine/operation"
	"fleetwright.dev/engine/wire"
	"helm.sh/helm/v4/pkg/chart/loader/archive"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/ignore"
)

// Chart is a loaded chart and what renders of it left behind. Renders of one chart run one after another.
type Chart struct {
	// pristine is never changed: renders work on copies of its structure that share its files and values.
	pristine *chart.Chart

	mutex      sync.Mutex
	structures map[string]*structure
	shapes     map[string]*shape
	schemas    map[string]*schema
	crds       map[crdFile][]entry
}

// Load reads a chart from its files, named by their path within the chart's folder. What `helm template FOLDER` would not
// see by the rules of .helmignore is left out. Faults have kind "chart".
func Load(files map[string][]byte) (*Chart, error) {
	kept, err := keepUnignored(files)
	if err != nil {
		return nil, chartFault(err.Error())
	}
	if err := checkChartVersion(kept); err != nil {
		return nil, err
	}
	loaded, err := loader.LoadFiles(kept)
	if err != nil {
		return nil, chartFault(err.Error())
	}
	settle(loaded)
	return &Chart{
		pristine:   loaded,
		structures: map[string]*structure{},
		shapes:     map[string]*shape{},
		schemas:    map[string]*schema{},
		crds:       map[crdFile][]entry{},
	}, nil
}

func chartFault(message string) *operation.Fault {
	return &operation.Fault{Kind: wire.KindChart, Message: message}
}

// keepUnignored does what helm's directory loader does between a folder and LoadFiles: it walks in the order of paths,
// leaves out what .helmignore names (a folder with all that is in it), and cuts off byte order marks.
func keepUnignored(files map[string][]byte) ([]*archive.BufferedFile, error) {
	rules := ignore.Empty()
	if content, found := files[ignore.HelmIgnore]; found {
		parsed, err := ignore.Parse(bytes.NewReader(content))
		if err != nil {
			return nil, err
		}
		rules = parsed
	}
	rules.AddDefaults()
	ignoredFolders := map[string]bool{}
	var kept []*archive.BufferedFile
	for _, path := range walkOrder(files) {
		if underIgnoredFolder(rules, ignoredFolders, path) || rules.Ignore(path, fileInfo{}) {
			continue
		}
		content := bytes.TrimPrefix(files[path], []byte("\xEF\xBB\xBF"))
		kept = append(kept, &archive.BufferedFile{Name: path, Data: content})
	}
	return kept, nil
}

// walkOrder sorts paths as a walk of the folder meets them: `a/b` before `a-b`, since `a` comes before `a-b`.
func walkOrder(files map[string][]byte) []string {
	paths := make([]string, 0, len(files))
	for path := range files {
		paths = append(paths, path)
	}
	slices.SortFunc(paths, func(a, b string) int {
		return strings.Compare(strings.ReplaceAll(a, "/", "\x00"), strings.ReplaceAll(b, "/", "\x00"))
	})
	return paths
}

func underIgnoredFolder(rules *ignore.Rules, known map[string]bool, path string) bool {
	for end, char := range path {
		if char != '/' {
			continue
		}
		folder := path[:end]
		ignored, seen := known[folder]
		if !seen {
			ignored = rules.Ignore(folder, fileInfo{isFolder: true})
			known[folder] = ignored
		}
		if ignored {
			return true
		}
	}
	return false
}

// fileInfo tells upstream's ignore rules the one thing that they ask.
type fileInfo struct{ isFolder bool }

func (info fileInfo) IsDir() bool   { return info.isFolder }
func (fileInfo) Name() string       { return "" }
func (fileInfo) Size() int64        { return 0 }
func (fileInfo) Mode() fs.FileMode  { return 0 }
func (fileInfo) ModTime() time.Time { return time.Time{} }
func (fileInfo) Sys() any           { return nil }

// checkChartVersion refuses what helm's loader refuses before it looks further. Charts of API version v3 are behind a
// feature gate upstream and cannot be installed.
func checkChartVersion(files []*archive.BufferedFile) error {
	for _, file := range files {
		if file.Name != "Chart.yaml" {
			continue
		}
		var base struct {
			APIVersion string `json:"apiVersion"`
		}
		if err := unmarshalYAML(file.Data, &base); err != nil {
			return chartFault("cannot load Chart.yaml: " + err.Error())
		}
		switch base.APIVersion {
		case "", chart.APIVersionV1, chart.APIVersionV2:
			return nil
		}
		return chartFault("unsupported chart version: apiVersion " + base.APIVersion + " in Chart.yaml")
	}
	return chartFault(errors.New("Chart.yaml file is missing").Error()) //nolint:staticcheck // upstream's words
}

// settle drops the second copy of all files that upstream keeps for `helm show`, and sorts subcharts, whose order upstream
// leaves to chance where Chart.yaml does not list them.
func settle(loaded *chart.Chart) {
	loaded.Raw = nil
	dependencies := slices.Clone(loaded.Dependencies())
	slices.SortFunc(dependencies, func(a, b *chart.Chart) int {
		if byName := strings.Compare(a.Name(), b.Name()); byName != 0 {
			return byName
		}
		return strings.Compare(a.Metadata.Version, b.Metadata.Version)
	})
	loaded.SetDependencies(dependencies...)
	for _, dependency := range dependencies {
		settle(dependency)
	}
}

// Info is what the chart says of itself.
func (loaded *Chart) Info() wire.ChartInfo {
	metadata := loaded.pristine.Metadata
	info := wire.ChartInfo{
		Name:         metadata.Name,
		Version:      metadata.Version,
		AppVersion:   metadata.AppVersion,
		Type:         metadata.Type,
		KubeVersion:  metadata.KubeVersion,
		Deprecated:   metadata.Deprecated,
		Dependencies: []wire.ChartDependency{},
	}
	if info.Type == "" {
		info.Type = "application"
	}
	for _, dependency := range metadata.Dependencies {
		info.Dependencies = append(info.Dependencies, wire.ChartDependency{
			Name:       dependency.Name,
			Version:    dependency.Version,
			Repository: dependency.Repository,
			Alias:      dependency.Alias,
			Present:    hasDependency(loaded.pristine, dependency.Name),
		})
	}
	return info
}

func hasDependency(loaded *chart.Chart, name string) bool {
	return slices.ContainsFunc(loaded.Dependencies(), func(dependency *chart.Chart) bool {
		return dependency.Name() == name
	})
}
