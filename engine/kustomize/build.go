package kustomize

import (
	"cmp"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"fleetwright.dev/engine/manifest"
	"fleetwright.dev/engine/operation"
	"fleetwright.dev/engine/template"
	"fleetwright.dev/engine/wire"
	"helm.sh/helm/v4/pkg/chart/common"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/openapi"
)

func init() {
	operation.Register("loadTree", loadTree)
	operation.Register("unloadTrees", unloadTrees)
	operation.Register("buildKustomization", buildKustomization)
	operation.Register("kustomizationNeeds", kustomizationNeeds)
}

func loadTree(request operation.Request) (operation.Response, error) {
	var payload wire.LoadTree
	if err := request.Decode(&payload); err != nil {
		return operation.Response{}, err
	}
	if _, found := findTree(payload.Digest); found {
		return operation.Response{}, nil
	}
	files := make(map[string][]byte, len(payload.Files))
	for _, file := range payload.Files {
		files[path.Clean(file.Path)] = request.Bytes(file.Content)
	}
	trees.Lock()
	defer trees.Unlock()
	trees.loaded[payload.Digest] = newTree(payload.Digest, files)
	return operation.Response{}, nil
}

func unloadTrees(request operation.Request) (operation.Response, error) {
	var payload wire.Unload
	if err := request.Decode(&payload); err != nil {
		return operation.Response{}, err
	}
	trees.Lock()
	defer trees.Unlock()
	for _, digest := range payload.Digests {
		delete(trees.loaded, digest)
	}
	return operation.Response{}, nil
}

func buildKustomization(request operation.Request) (operation.Response, error) {
	var payload wire.BuildKustomization
	if err := request.Decode(&payload); err != nil {
		return operation.Response{}, err
	}
	built, blocked, err := Build(payload)
	if err != nil {
		return operation.Response{}, err
	}
	rendered, err := objectsOf(built, payload, &blocked)
	if err != nil {
		return operation.Response{}, err
	}
	objects, err := manifest.Finish(rendered, payload.Finish)
	return operation.Response{Result: wire.Built{Blocked: blocked.sorted()}, Objects: objects}, err
}

// blockedCalls are those of the templates of one build.
type blockedCalls []wire.BlockedCall

func (calls *blockedCalls) add(template string, functions []string) {
	for _, function := range functions {
		*calls = append(*calls, wire.BlockedCall{Function: function, Template: template})
	}
}

func (calls blockedCalls) sorted() []wire.BlockedCall {
	slices.SortFunc(calls, func(a, b wire.BlockedCall) int {
		return cmp.Or(strings.Compare(a.Template, b.Template), strings.Compare(a.Function, b.Function))
	})
	return slices.Compact(calls)
}

// building keeps builds one at a time: kustomize holds its OpenAPI schema in a global, and reads HTTP through another one.
var building sync.Mutex

// Build gives the resources of a kustomization in the order of the kustomize command, and the calls that templates of its
// helmCharts made in vain.
func Build(payload wire.BuildKustomization) (resmap.ResMap, blockedCalls, error) {
	files, plan, root, err := prepare(payload.Tree, payload.Path, payload.Remotes)
	if err != nil {
		return nil, nil, err
	}
	building.Lock()
	defer building.Unlock()
	network.serve(pagesOf(plan.remotes))
	defer network.serve(nil)
	if err := plan.addComponents(root, payload.Components); err != nil {
		return nil, nil, err
	}
	renderer := &chartRenderer{files: files, charts: payload.Charts}
	renderer.capabilities.KubeVersion = common.DefaultCapabilities.KubeVersion.Version
	if payload.Capabilities != nil {
		renderer.capabilities = *payload.Capabilities
	}
	plan.render = renderer.render
	if err := plan.walk(root, ""); err != nil {
		return nil, nil, err
	}
	files.missing = ""
	built, err := run(files, root)
	if err != nil {
		return nil, nil, plan.fault(err, root)
	}
	return built, renderer.blocked, nil
}

func run(files *fileSystem, root string) (built resmap.ResMap, err error) {
	defer func() {
		// A schema of the last build must not judge the next one, which may set none.
		if openapi.GetSchemaVersion() != defaultSchema {
			openapi.ResetOpenAPI()
		}
		if cause := recover(); cause != nil {
			err = fmt.Errorf("kustomize ends with a panic: %v", cause)
		}
	}()
	options := krusty.MakeDefaultOptions()
	options.LoadRestrictions = types.LoadRestrictionsNone
	// The command's choice; the library's default keeps the order of the files.
	options.Reorder = krusty.ReorderOptionUnspecified
	options.PluginConfig = types.DisabledPluginConfig()
	return krusty.MakeKustomizer(options).Run(files, root)
}

var defaultSchema = openapi.GetSchemaVersion()

func prepare(digest, folder string, remotes map[string]string) (*fileSystem, *plan, string, error) {
	tree, found := findTree(digest)
	if !found {
		return nil, nil, "", fmt.Errorf("tree %s is not loaded", digest)
	}
	given := make(map[string]*Tree, len(remotes))
	for text, digest := range remotes {
		if given[text], found = findTree(digest); !found {
			return nil, nil, "", fmt.Errorf("tree %s is not loaded", digest)
		}
	}
	files := newFileSystem()
	root := path.Join(files.mount(tree), folder)
	plan := newPlan(files, given)
	if !files.IsDir(root) || !strings.HasPrefix(root, "/"+digest) {
		return nil, nil, "", &operation.Fault{
			Kind: wire.KindMissingFile, Message: "kustomization path not found: there is no folder " + folder, File: folder,
		}
	}
	return files, plan, root, nil
}

// pagesOf are the handed-in trees of one file, by web address.
func pagesOf(remotes map[string]*Tree) map[string][]byte {
	pages := map[string][]byte{}
	for text, tree := range remotes {
		if isWebAddress(text) && isSingleFile(tree) {
			for _, content := range tree.files {
				pages[address(text)] = content
			}
		}
	}
	return pages
}

// objectsOf reads each resource; where there are values, its text is executed as template before.
func objectsOf(built resmap.ResMap, payload wire.BuildKustomization, blocked *blockedCalls) ([]manifest.Rendered, error) {
	rendered := make([]manifest.Rendered, 0, built.Size())
	for _, resource := range built.Resources() {
		document, fault := documentOf(resource, payload.Values, blocked)
		if fault != nil {
			if fault.File == "" {
				fault.File = payload.Path
			}
			return nil, fault
		}
		for _, object := range document.Objects {
			rendered = append(rendered, manifest.Rendered{Object: object, Source: payload.Path})
		}
	}
	return rendered, nil
}

func documentOf(
	resource *resource.Resource, values map[string]string, blocked *blockedCalls,
) (*manifest.Document, *operation.Fault) {
	name := resource.GetKind() + " " + resource.GetName()
	if len(values) == 0 {
		if fields, isData := fieldsOf(resource.YNode()); isData {
			return manifest.FromFields(fields)
		}
	}
	text, err := resource.AsYAML()
	if err != nil {
		return nil, &operation.Fault{Kind: wire.KindKustomize, Message: name + ": " + err.Error()}
	}
	if len(values) == 0 {
		return manifest.Load(string(text))
	}
	executed, functions, fault := template.Execute(name, string(text), values)
	if fault != nil {
		return nil, fault
	}
	blocked.add(name, functions)
	document, fault := manifest.Load(executed)
	if fault != nil {
		fault.File = name
	}
	return document, fault
}

func kustomizationNeeds(request operation.Request) (operation.Response, error) {
	var payload wire.KustomizationNeeds
	if err := request.Decode(&payload); err != nil {
		return operation.Response{}, err
	}
	_, plan, root, err := prepare(payload.Tree, payload.Path, payload.Remotes)
	if err != nil {
		return operation.Response{}, err
	}
	if err := plan.addComponents(root, payload.Components); err != nil {
		return operation.Response{}, err
	}
	if err := plan.walk(root, ""); err != nil {
		return operation.Response{}, err
	}
	result := wire.KustomizationNeedsResult{Remotes: []wire.RemoteNeed{}, Charts: []wire.ChartNeed{}}
	result.Remotes = append(result.Remotes, plan.lacking...)
	slices.SortFunc(result.Remotes, func(left, right wire.RemoteNeed) int { return strings.Compare(left.Text, right.Text) })
	result.Charts = append(result.Charts, plan.charts...)
	slices.SortFunc(result.Charts, func(left, right wire.ChartNeed) int {
		return strings.Compare(left.Key+"\x00"+left.File, right.Key+"\x00"+right.File)
	})
	result.Charts = slices.CompactFunc(result.Charts, func(left, right wire.ChartNeed) bool { return left.Key == right.Key })
	return operation.Response{Result: result}, nil
}

// fault sorts a failed build by what it asked for last.
func (plan *plan) fault(err error, root string) error {
	if fault, known := plan.faults[plan.files.missing]; known {
		return fault
	}
	message, folder := innermost(err.Error(), root)
	message = plan.withoutMounts(message)
	file := plan.label(folder)
	if kustomization := plan.kustomizationFile(folder); kustomization != "" {
		file = plan.label(kustomization)
	}
	if wanted := network.lastWanted(); wanted != "" {
		return &operation.Fault{Kind: wire.KindRemote, Message: wanted + " was not fetched beforehand", File: file}
	}
	if missing := plan.files.missing; missing != "" {
		return &operation.Fault{
			Kind: wire.KindMissingFile, File: plan.label(missing),
			Message: "there is no " + plan.label(missing) + ", which " + file + " needs",
		}
	}
	return &operation.Fault{Kind: wire.KindKustomize, Message: message, File: file}
}

// recursion is what kustomize puts before a fault for each base on the way to it.
var recursion = regexp.MustCompile(
	`^(?:accumulating resources: )?accumulation err='accumulating resources from '[^']*': (?:read|open) [^']*': ` +
		`recursed accumulation of path '([^']*)': `)

// innermost cuts the way to a fault off and gives the folder where it ends.
func innermost(message, root string) (string, string) {
	folder := root
	for {
		match := recursion.FindStringSubmatch(message)
		if match == nil {
			return message, folder
		}
		message, folder = message[len(match[0]):], match[1]
	}
}

// withoutMounts takes the roots of the trees out of a message.
func (plan *plan) withoutMounts(message string) string {
	for digest := range plan.files.trees {
		message = strings.ReplaceAll(message, "/"+digest+"/", "")
		message = strings.ReplaceAll(message, "/"+digest, ".")
	}
	return message
}
