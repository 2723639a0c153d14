package helm

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"fleetwright.dev/engine/manifest"
	"fleetwright.dev/engine/operation"
	"fleetwright.dev/engine/wire"
	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	chartutil "helm.sh/helm/v4/pkg/chart/v2/util"
)

// Options are the inputs of a render besides the chart.
type Options struct {
	Release wire.Release
	// Values is YAML or JSON, empty for none.
	Values       string
	Capabilities wire.Capabilities
	// Lookup holds JSON objects.
	Lookup               [][]byte
	ExcludeCRDs          bool
	SkipSchemaValidation bool
	DisableHooks         bool
}

// Render gives what `helm template` prints, in its order: the objects of crds/, manifests, hooks.
func (loaded *Chart) Render(options Options) ([]manifest.Rendered, error) {
	rendered, _, err := loaded.RenderAndTell(options)
	return rendered, err
}

// Told is what a render says of itself. Many charts give their test pods random names; nobody delivers these, so that they
// make no render impure. What it looked up is told of one that fails, too.
type Told = wire.Rendered

// RenderAndTell renders and tells what the objects depend on besides the options' own words.
func (loaded *Chart) RenderAndTell(options Options) (objects []manifest.Rendered, told Told, err error) {
	loaded.mutex.Lock()
	defer loaded.mutex.Unlock()
	prepared, err := loaded.prepare(options)
	if err != nil {
		return nil, told, err
	}
	entries, told, err := prepared.documents()
	if err != nil {
		return nil, told, err
	}
	var rendered []manifest.Rendered
	if !options.ExcludeCRDs {
		crds, err := loaded.crdsOf(prepared.charts)
		if err != nil {
			return nil, told, err
		}
		rendered = toRendered(rendered, crds)
		for place := range rendered {
			rendered[place].Fixed = true
		}
	}
	if options.DisableHooks {
		entries = slices.DeleteFunc(entries, func(entry entry) bool { return entry.hook != nil })
	}
	return toRendered(rendered, inInstallOrder(entries)), told, nil
}

// prepared is a render before its templates are executed.
type prepared struct {
	charts []placedChart
	shape  *shape
	run    *execution
}

// prepare goes through the steps of helm in their order, since the first that fails gives the reason.
func (loaded *Chart) prepare(options Options) (*prepared, error) {
	values, err := parseValues(options.Values)
	if err != nil {
		return nil, err
	}
	if err := checkInstallable(loaded.pristine); err != nil {
		return nil, err
	}
	structure, err := loaded.structureFor(values)
	if err != nil {
		return nil, err
	}
	capabilities, err := capabilitiesOf(options.Capabilities)
	if err != nil {
		return nil, err
	}
	top, err := util.ToRenderValuesWithSchemaValidation(structure.root, values, releaseOf(options.Release), capabilities, true)
	if err != nil {
		return nil, &operation.Fault{Kind: wire.KindValues, Message: err.Error()}
	}
	if !options.SkipSchemaValidation {
		if err := loaded.checkSchemas(structure.root, top["Values"].(common.Values)); err != nil {
			return nil, err
		}
	}
	if err := checkKubeVersion(structure.root.Metadata.KubeVersion, &capabilities.KubeVersion); err != nil {
		return nil, err
	}
	if structure.shape == nil {
		if structure.shape, err = loaded.shapeOf(structure.charts); err != nil {
			return nil, err
		}
	}
	return &prepared{charts: structure.charts, shape: structure.shape, run: &execution{
		cluster:      &cluster{texts: options.Lookup},
		capabilities: capabilities,
		scopes:       scopesOf(structure.charts, top),
		places:       structure.shape.places,
	}}, nil
}

func checkInstallable(root *chart.Chart) error {
	if kind := root.Metadata.Type; kind != "" && kind != "application" {
		return chartFault(kind + " charts are not installable")
	}
	var missing []string
	for _, dependency := range root.Metadata.Dependencies {
		if !hasDependency(root, dependency.Name) {
			missing = append(missing, dependency.Name)
		}
	}
	if len(missing) > 0 {
		return chartFault("found in Chart.yaml, but missing in charts/ directory: " + strings.Join(missing, ", "))
	}
	return nil
}

func checkKubeVersion(wanted string, version *common.KubeVersion) error {
	if wanted == "" || chartutil.IsCompatibleRange(wanted, version.String()) {
		return nil
	}
	return &operation.Fault{
		Kind:    wire.KindKubeVersion,
		Message: fmt.Sprintf("chart requires kubeVersion: %s which is incompatible with Kubernetes %s", wanted, version.Version),
		File:    "Chart.yaml",
	}
}

// execute runs one file.
func (ready *prepared) execute(file *templateFile) (string, error) {
	var output strings.Builder
	if err := ready.shape.set.root.ExecuteTemplate(&output, file.name, ready.run.scopes[file.chart]); err != nil {
		return "", ready.shape.executionFault(file.name, err)
	}
	return withoutNoValue(output.String()), nil
}

// attached lets the functions of the templates act on this render. A panic in one of them ends the render alone, as upstream.
func (ready *prepared) attached(work func() error) (err error) {
	running := ready.shape.set.running
	running.execution, running.included, running.expanding = ready.run, map[string]int{}, 0
	defer func() {
		running.execution = nil
		if reason := recover(); reason != nil {
			err = &operation.Fault{Kind: wire.KindTemplate, Message: fmt.Sprintf("rendering template failed: %v", reason)}
		}
	}()
	return work()
}

// documents executes all files and reads their output. Executing comes first for all of them, as in helm: a template that
// fails is told before YAML that does not parse. Files whose inputs were met before are neither executed nor read.
func (ready *prepared) documents() (all []entry, told Told, err error) {
	results := make([]result, len(ready.shape.files))
	var looked []wire.Lookup
	err = ready.attached(func() (err error) {
		for place := range ready.shape.files {
			if results[place], err = ready.result(&ready.shape.files[place]); err != nil {
				return err
			}
			looked = append(looked, results[place].looked...)
		}
		return nil
	})
	if err != nil {
		told.Looked = distinct(append(looked, ready.run.looked...))
		return nil, told, err
	}
	told.Looked = distinct(looked)
	for _, place := range ready.shape.byPath {
		entries, err := results[place].read(&ready.shape.files[place])
		if err != nil {
			return nil, told, err
		}
		told.Drew = told.Drew || results[place].drew && slices.ContainsFunc(entries, isDelivered)
		all = append(all, entries...)
	}
	return all, told, nil
}

func distinct(lookups []wire.Lookup) []wire.Lookup {
	slices.SortFunc(lookups, func(a, b wire.Lookup) int {
		return cmp.Or(strings.Compare(a.APIVersion, b.APIVersion), strings.Compare(a.Kind, b.Kind),
			strings.Compare(a.Namespace, b.Namespace), strings.Compare(a.Name, b.Name))
	})
	return slices.Compact(lookups)
}

func isDelivered(entry entry) bool {
	return entry.hook == nil || !slices.ContainsFunc(entry.hook.Events, func(event string) bool {
		return event == "test" || event == "test-success" || event == "test-failure"
	})
}

// result is what became of one file: documents that are known, or an output that is not read yet.
type result struct {
	entries []entry
	output  string
	isRead  bool
	drew    bool
	looked  []wire.Lookup
	// key is that under which the documents may be kept; empty when they may not.
	key string
}

// knownFile is what a file gave: documents, and what it looked up to get there.
type knownFile struct {
	entries []entry
	looked  []wire.Lookup
}

// known keeps the documents of files of all charts by what the files read. Documents are shared with package manifest's own
// memory of them, so that the bound is on the safe side.
var known = newGenerations[knownFile](48 << 20)

func (ready *prepared) result(file *templateFile) (result, error) {
	run := ready.run
	run.begin()
	run.scopes[file.chart]["Template"] = common.Values{"Name": file.name, "BasePath": file.basePath}
	if file.reads == nil {
		file.reads = readsOf(ready.shape.set.root, file, ready.shape.places)
	}
	key, keyed := run.key(file.reads)
	if keyed {
		key = ready.shape.id + file.name + "\x00" + key
		if kept, found := known.find(key); found {
			return result{entries: kept.entries, isRead: true, looked: kept.looked}, nil
		}
	}
	output, err := ready.execute(file)
	if err != nil {
		return result{}, err
	}
	if !keyed || run.drew || run.wrote || len(run.looked) > 0 && !file.reads.lookup {
		key = ""
	}
	looked := run.looked
	if file.silent && !run.wrote {
		// Nothing that is written depends on what these lookups find: they need no answer.
		looked = nil
	}
	return result{output: output, key: key, drew: run.drew, looked: looked}, nil
}

func (file *result) read(source *templateFile) ([]entry, error) {
	if file.isRead {
		return file.entries, nil
	}
	var entries []entry
	if !source.silent {
		var err error
		if entries, err = readDocuments(source.name, file.output, false); err != nil {
			return nil, err
		}
	}
	if file.key != "" {
		known.keep(file.key, knownFile{entries, file.looked}, 256+3*len(file.output)+64*len(file.looked))
	}
	return entries, nil
}

// crdFile is a file of crds/ under the name of its chart, which an alias may change.
type crdFile struct {
	file   *common.File
	source string
}

// crdsOf reads the files of crds/, of the chart and its subcharts; they are no templates.
func (loaded *Chart) crdsOf(charts []placedChart) ([]entry, error) {
	var all []entry
	for _, placed := range charts {
		for _, file := range placed.chart.Files {
			if !isCRDFile(file.Name) {
				continue
			}
			place := crdFile{file: file, source: placed.path + "/" + file.Name}
			entries, found := loaded.crds[place]
			if !found {
				var err error
				if entries, err = readDocuments(place.source, string(file.Data), true); err != nil {
					return nil, err
				}
				loaded.crds[place] = entries
			}
			all = append(all, entries...)
		}
	}
	return all, nil
}

func isCRDFile(name string) bool {
	if !strings.HasPrefix(name, "crds/") {
		return false
	}
	switch strings.ToLower(name[strings.LastIndexByte(name, '.')+1:]) {
	case "yaml", "yml", "json":
		return strings.Contains(name, ".")
	}
	return false
}
