package kustomize

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"fleetwright.dev/engine/manifest"
	"fleetwright.dev/engine/operation"
	"fleetwright.dev/engine/wire"
	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/api/types"
)

// plan walks the kustomizations that a build will reach and settles what kustomize itself could only get from outside:
// remote bases become folders of handed-in trees, charts become files with their rendered objects. What is lacking is
// collected, so that all of it can be fetched at once.
type plan struct {
	files *fileSystem
	// remotes are the trees handed in, by the text of the kustomization.
	remotes map[string]*Tree
	// render turns a chart into a text of objects; nil when only needs are asked for.
	render func(chartEntry) ([]byte, error)

	// faults stand for files that a build will not find: it may well fail before it gets there.
	faults  map[string]*operation.Fault
	lacking []wire.RemoteNeed
	charts  []wire.ChartNeed
	visited map[visit]bool
	// labels name mounted trees in what users read.
	labels map[string]string
}

// visit is a kustomization reached with the namespace that its overlays give to its charts.
type visit struct {
	folder, namespace string
}

func newPlan(files *fileSystem, remotes map[string]*Tree) *plan {
	return &plan{files: files, remotes: remotes, visited: map[visit]bool{}, labels: map[string]string{}, faults: map[string]*operation.Fault{}}
}

// kustomizationFile finds the one kustomization of a folder; "" when there is none or, a fault of kustomize's, several.
func (plan *plan) kustomizationFile(folder string) string {
	found := ""
	for _, name := range konfig.RecognizedKustomizationFileNames() {
		if plan.files.isFile(path.Join(folder, name)) {
			if found != "" {
				return ""
			}
			found = path.Join(folder, name)
		}
	}
	return found
}

// addComponents appends to the components of the kustomization of a folder.
func (plan *plan) addComponents(folder string, components []string) error {
	file := plan.kustomizationFile(folder)
	if len(components) == 0 || file == "" {
		return nil
	}
	fields, fault := plan.read(file)
	if fault != nil {
		return fault
	}
	list, _ := fields["components"].([]any)
	for _, component := range components {
		list = append(list, component)
	}
	fields["components"] = list
	plan.files.over[file] = manifest.AppendJSON(nil, fields)
	return nil
}

func (plan *plan) read(file string) (map[string]any, *operation.Fault) {
	content, err := plan.files.ReadFile(file)
	if err != nil {
		return nil, &operation.Fault{Kind: wire.KindMissingFile, Message: err.Error(), File: plan.label(file)}
	}
	value, fault := manifest.Parse(string(content))
	if fault != nil {
		fault.Kind, fault.File = wire.KindKustomize, plan.label(file)
		return nil, fault
	}
	fields, isMap := value.(map[string]any)
	if !isMap {
		return nil, &operation.Fault{
			Kind: wire.KindKustomize, Message: "the kustomization is no mapping", File: plan.label(file), Line: 1,
		}
	}
	return fields, nil
}

// walk visits a kustomization and what it is made of. A kustomization that is malformed is left to kustomize, which says
// what is wrong with it.
func (plan *plan) walk(folder, namespace string) error {
	here := visit{folder, namespace}
	if plan.visited[here] {
		return nil
	}
	plan.visited[here] = true
	file := plan.kustomizationFile(folder)
	if file == "" {
		return nil
	}
	content, err := plan.files.ReadFile(file)
	if err != nil {
		return nil
	}
	var kustomization types.Kustomization
	if kustomization.Unmarshal(content) != nil {
		return nil
	}
	fields, fault := plan.read(file)
	if fault != nil {
		return nil
	}
	kustomization.FixKustomization()
	if kustomization.Namespace != "" {
		namespace = kustomization.Namespace
	}
	changes := &changes{fields: fields}
	if err := plan.settleBases(file, namespace, changes); err != nil {
		return err
	}
	plan.collectAddresses(file, fields)
	if err := plan.settleCharts(file, namespace, &kustomization, changes); err != nil {
		return err
	}
	if changes.made {
		plan.files.over[file] = manifest.AppendJSON(nil, changes.fields)
	}
	return nil
}

// changes is a kustomization that is being rewritten.
type changes struct {
	fields map[string]any
	made   bool
}

// baseFields may name folders, and hence remote ones.
var baseFields = []string{"resources", "bases", "components", "generators", "transformers", "validators"}

func (plan *plan) settleBases(file, namespace string, changes *changes) error {
	folder := path.Dir(file)
	for _, field := range baseFields {
		entries, _ := changes.fields[field].([]any)
		for place, entry := range entries {
			text, isText := entry.(string)
			if !isText || strings.Contains(text, "\n") {
				continue
			}
			target := plan.base(file, text)
			if target == "" {
				continue
			}
			if target != path.Join(folder, text) {
				relative, err := filepath.Rel(folder, target)
				if err != nil {
					return err
				}
				entries[place] = relative
				changes.made = true
			}
			if err := plan.walk(target, namespace); err != nil {
				return err
			}
		}
	}
	return nil
}

// base gives the folder that an entry names, "" for a file.
func (plan *plan) base(file, text string) string {
	local := path.Join(path.Dir(file), text)
	parsed, isRepository := parseRepository(text)
	if !isRepository && !isWebAddress(text) || !isWebAddress(text) && plan.files.isFile(local) {
		if plan.files.IsDir(local) {
			return local
		}
		return ""
	}
	tree, given := plan.remotes[text]
	if !given {
		plan.lack(file, text)
		// Kustomize must not try to fetch it; it has no network, but would ask for a process.
		return plan.failAt(path.Dir(file), &operation.Fault{
			Kind: wire.KindRemote, Message: text + " was not fetched beforehand", File: plan.label(file),
		})
	}
	if isSingleFile(tree) {
		return "" // read over HTTP
	}
	root := plan.files.mount(tree)
	plan.labels[tree.digest] = text
	if !tree.isFolder(parsed.folder) {
		return plan.failAt(path.Dir(file), &operation.Fault{
			Kind: wire.KindMissingFile, File: plan.label(file),
			Message: text + ": the repository has no folder " + parsed.folder,
		})
	}
	return path.Join(root, parsed.folder)
}

// failAt gives the name of a file that is not there, in whose place the build gives the fault.
func (plan *plan) failAt(folder string, fault *operation.Fault) string {
	name := path.Join(folder, fmt.Sprintf(".fleetwright-fault-%d", len(plan.faults)))
	plan.faults[name] = fault
	return name
}

func isSingleFile(tree *Tree) bool {
	if len(tree.files) != 1 {
		return false
	}
	for name := range tree.files {
		return !slices.Contains(konfig.RecognizedKustomizationFileNames(), path.Base(name))
	}
	return false
}

func (plan *plan) lack(file, text string) {
	for _, need := range plan.lacking {
		if need.Text == text {
			return
		}
	}
	need := wire.RemoteNeed{Text: text, File: plan.label(file), SingleFile: isWebAddress(text) && looksLikeFile(text)}
	if parsed, isRepository := parseRepository(text); isRepository {
		need.Repository = &wire.RemoteRepository{
			URL: parsed.url, Ref: parsed.ref, Path: parsed.folder, Submodules: parsed.submodules,
		}
	}
	plan.lacking = append(plan.lacking, need)
}

// collectAddresses finds web addresses in the fields that name files only.
func (plan *plan) collectAddresses(file string, fields map[string]any) {
	for _, field := range []string{
		"crds", "configurations", "openapi", "patches", "patchesStrategicMerge", "patchesJson6902", "replacements",
		"configMapGenerator", "secretGenerator", "helmCharts",
	} {
		eachText(fields[field], func(name, text string) {
			if name == "patch" || name == "repo" || name == "literals" || name == "valuesInline" || strings.ContainsAny(text, "\n ") {
				return
			}
			if _, value, keyed := strings.Cut(text, "="); keyed && (name == "files" || name == "envs") && isWebAddress(value) {
				text = value
			}
			if _, given := plan.remotes[text]; !given && isWebAddress(text) {
				plan.lack(file, text)
			}
		})
	}
}

// eachText calls back for each text within, with the name of the field that holds it.
func eachText(value any, found func(name, text string)) {
	var descend func(name string, value any)
	descend = func(name string, value any) {
		switch value := value.(type) {
		case string:
			found(name, value)
		case []any:
			for _, item := range value {
				descend(name, item)
			}
		case map[string]any:
			for key, child := range value {
				if key != "valuesInline" && key != "options" {
					descend(key, child)
				}
			}
		}
	}
	descend("", value)
}

// label turns a path of the build into the one that the user knows.
func (plan *plan) label(name string) string {
	digest, inner, _ := strings.Cut(strings.TrimPrefix(name, "/"), "/")
	if text := plan.labels[digest]; text != "" {
		return text + " " + inner
	}
	return inner
}
